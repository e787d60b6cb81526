-- A row is a restated month whose billable seats at its end are not those of the seat months.
select
    restated.account_id,
    restated.month,
    restated.known_now,
    seat_months.end_seats

from {{ ref('int_restated_seats') }} as restated

left join {{ ref('int_seat_months') }} as seat_months
    on
        restated.account_id = seat_months.account_id
        and restated.month = seat_months.month

where restated.known_now is distinct from seat_months.end_seats
