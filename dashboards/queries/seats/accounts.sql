select
    seats.account_id,
    accounts.account_name,
    seats.segment,
    seats.billable_seats,
    seats.active_seats,
    seats.utilization,
    recent.utilization_28d,
    recent.utilization_7d,
    seats.idle_seats,
    seats.never_active_seats,
    seats.idle_amount_reporting,
    accounts.renewal_date,
    accounts.account_owner,
    seats.reason
from marts.fct_seat_utilization as seats
left join marts.fct_seat_activity as recent
    on seats.account_id = recent.account_id and seats.month = recent.month
left join marts.dim_accounts as accounts on seats.account_id = accounts.account_id
where
    seats.month = try_cast($month || '-01' as date)
    and (seats.segment = $segment or $segment = 'all')
    and billed_in(seats.account_id, $currency)
order by seats.idle_amount_reporting desc nulls last, seats.account_id asc
