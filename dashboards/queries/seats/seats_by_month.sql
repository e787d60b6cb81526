select
    strftime(month, '%Y-%m') as month,
    sum(billable_seats) as billable_seats,
    sum(active_seats) as active_seats,
    sum(never_active_seats) as never_active_seats,
    sum(idle_amount_reporting) as idle_amount
from marts.fct_seat_utilization
where
    (segment = $segment or $segment = 'all') and not is_provisional
    and billed_in(account_id, $currency)
group by month
order by month
