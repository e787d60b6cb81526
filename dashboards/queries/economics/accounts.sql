select
    margins.account_id,
    accounts.account_name,
    margins.segment,
    margins.revenue,
    margins.cost,
    margins.margin,
    margins.margin_ratio,
    margins.is_exposed,
    leakage.leakage_ratio,
    support.billing_ticket_count,
    margins.reason
from marts.fct_margins as margins
left join marts.dim_accounts as accounts on margins.account_id = accounts.account_id
left join marts.fct_discount_leakage as leakage
    on margins.account_id = leakage.account_id and margins.month = leakage.month
left join marts.fct_support_load as support
    on margins.account_id = support.account_id and margins.month = support.month
where
    margins.month = (select last_closed_month from marts.dim_settings)
    and (margins.segment = $segment or $segment = 'all')
    and billed_in(margins.account_id, $currency)
order by margins.margin_ratio asc nulls last, margins.cost desc nulls last, margins.account_id asc
