select
    shock.account_id,
    accounts.account_name,
    shock.segment,
    shock.months,
    shock.current_reporting,
    shock.proposed_reporting,
    shock.monthly_increase_reporting,
    shock.difference_ratio,
    shock.is_shock,
    shock.is_shock_grandfathered,
    accounts.renewal_date,
    accounts.account_owner
from marts.fct_migration_shock as shock
left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
where
    shock.scenario_id = $scenario_id
    and shock.monthly_increase_reporting is not null
    and (shock.segment = $segment or $segment = 'all')
    and billed_in(shock.account_id, $currency)
order by
    if($falls_first, 1, -1) * shock.monthly_increase_reporting, shock.account_id
