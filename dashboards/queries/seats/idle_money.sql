select
    segment,
    count(*) as accounts,
    sum(billable_seats) as billable_seats,
    sum(active_seats) as active_seats,
    sum(idle_seats) as idle_seats,
    sum(never_active_seats) as never_active_seats,
    sum(idle_amount_reporting) as idle_amount
from marts.fct_seat_utilization
where
    month = try_cast($month || '-01' as date)
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
group by segment
order by idle_amount desc nulls last, segment asc
