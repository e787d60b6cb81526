select
    strftime(month, '%Y-%m') as month,
    billable_seats,
    active_seats,
    utilization
from marts.fct_seat_utilization
where account_id = $account_id and not is_provisional
order by month
