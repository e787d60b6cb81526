select
    strftime(shock.month, '%Y-%m') as month,
    shock.account_id,
    accounts.account_name,
    shock.segment,
    shock.currency,
    shock.bill,
    shock.baseline,
    shock.increase_amount,
    shock.increase_ratio,
    shock.explained_amount,
    shock.is_shock
from marts.fct_bill_shock as shock
left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
where
    shock.scenario_id = $scenario_id
    and shock.is_jump
    and not shock.is_provisional
    and (shock.segment = $segment or $segment = 'all')
    and (shock.currency = $currency or $currency = 'all')
    and shock.month > (
        select max(month) - interval 12 month
        from marts.fct_bill_shock_rates
        where not is_provisional
    )
order by shock.month desc, shock.increase_reporting desc nulls last, shock.account_id asc
