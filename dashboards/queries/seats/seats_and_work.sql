select
    strftime(month, '%Y-%m') as month,
    actor_type,
    sum(quantity) as quantity
from marts.fct_usage_monthly
where
    meter = $meter
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
    and not is_provisional
group by month, actor_type
order by month, actor_type
