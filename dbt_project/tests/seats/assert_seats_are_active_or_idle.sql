-- A row is an account and month whose active and idle seats do not add up to its billable
-- seats, or whose parts exceed the whole.
select
    account_id,
    month,
    billable_seats,
    active_seats,
    idle_seats,
    never_active_seats,
    end_seats,
    peak_seats

from {{ ref('fct_seat_utilization') }}

where
    active_seats + idle_seats <> billable_seats
    or active_seats < 0
    or idle_seats < 0
    -- each is rounded separately, so they may differ in the last decimal
    or never_active_seats > idle_seats + 0.000001
    or utilization not between 0 and 1
    or billable_seats > peak_seats
    or end_seats > peak_seats
    or (reason is null) <> (utilization is not null)
