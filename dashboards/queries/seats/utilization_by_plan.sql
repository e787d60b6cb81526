select
    coalesce(plan_id, 'unknown') as plan_id,
    count(*) as accounts,
    sum(billable_seats) as billable_seats,
    sum(active_seats) as active_seats,
    cast(
        sum(active_seats)
        / nullif(sum(billable_seats) filter (where reason is null), 0)
        as decimal(9, 6)
    ) as value,
    any_value(reason) as reason
from marts.fct_seat_utilization
where
    month = try_cast($month || '-01' as date)
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
group by all
order by value nulls last, plan_id
