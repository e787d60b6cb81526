-- a returned row has more seats idle for longer than for shorter, or more than there are
select
    end_seats.account_id,
    end_seats.month

from {{ ref('int_end_seats') }} as end_seats

where
    end_seats.idle_90_seats > end_seats.idle_60_seats
    or end_seats.idle_60_seats > end_seats.idle_30_seats
    or end_seats.idle_30_seats + end_seats.unheld_seats > end_seats.end_seats
    or end_seats.never_active_seats + end_seats.unheld_seats > end_seats.end_seats
