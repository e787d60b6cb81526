select
    warnings.account_id,
    accounts.account_name,
    warnings.segment,
    warnings.currency,
    warnings.bill,
    warnings.projected_bill,
    warnings.baseline,
    warnings.projected_increase_ratio,
    warnings.is_shock_expected,
    accounts.account_owner
from marts.fct_bill_warnings as warnings
left join marts.dim_accounts as accounts on warnings.account_id = accounts.account_id
where
    warnings.scenario_id = $scenario_id
    and warnings.is_jump_expected
    and (warnings.segment = $segment or $segment = 'all')
    and (warnings.currency = $currency or $currency = 'all')
order by warnings.projected_increase_reporting desc nulls last, warnings.account_id asc
