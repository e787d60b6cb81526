select
    strftime(month, '%Y-%m') as month,
    actor_type,
    quantity,
    sum(quantity) over (partition by month) as quantity_of_month
from marts.fct_usage_monthly
where account_id = $account_id and meter = $meter and not is_provisional
order by month, actor_type
