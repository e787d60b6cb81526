with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'seats'

),

unit_seats as (

    select * from {{ ref('int_unit_seats') }}

),

seat_changes as (

    select * from {{ ref('int_unit_seat_changes') }}
    where event_id is not null

),

-- seats billed as they change open with what is there and add a line a change; every other basis
-- is one line for the whole service
settled as (

    select
        charges.unit_id,
        charges.charge_id,
        charges.seat_rule,
        charges.included_quantity,
        units.proration,
        units.service_start,
        units.service_end,
        units.service_start_at,
        units.service_end_at,
        units.period_start,
        units.period_end,
        units.period_start_at,
        units.period_end_at,
        units.credit_on_removal,
        units.proration <> 'none' and units.seat_basis = 'time_weighted' as is_by_change,
        unit_seats.opening_seats,
        unit_seats.basis_seats

    from charges

    inner join units
        on charges.unit_id = units.unit_id

    inner join unit_seats
        on
            charges.unit_id = unit_seats.unit_id
            and charges.seat_rule = unit_seats.seat_rule

),

opening as (

    select
        unit_id,
        charge_id,
        charge_id as point_key,
        'seat' as line_kind,
        cast(null as varchar) as event_id,
        service_start,
        service_end,
        cast(
            case when is_by_change then opening_seats else basis_seats end as decimal(28, 6)
        ) as quantity,
        cast(
            least(included_quantity, case when is_by_change then opening_seats else basis_seats end)
            as decimal(28, 6)
        ) as included,
        cast(null as decimal(28, 6)) as billable_before,
        cast(
            greatest(
                case when is_by_change then opening_seats else basis_seats end
                - included_quantity,
                0
            ) as decimal(28, 6)
        ) as billable,
        case
            when proration = 'none' then 1
            when proration = 'by_second'
                then {{ seconds_between('service_start_at', 'service_end_at') }}
            else {{ days_between('service_start', 'service_end') }}
        end as numerator,
        case
            when proration = 'none' then 1
            when proration = 'by_second'
                then {{ seconds_between('period_start_at', 'period_end_at') }}
            else {{ days_between('period_start', 'period_end') }}
        end as denominator

    from settled

),

changes as (

    select
        settled.unit_id,
        settled.charge_id,
        concat(settled.charge_id, chr(31), seat_changes.event_id) as point_key,
        'proration' as line_kind,
        seat_changes.event_id,
        greatest(seat_changes.effective_on, settled.service_start) as service_start,
        settled.service_end,
        cast(seat_changes.billable_after - seat_changes.billable_before as decimal(28, 6))
            as quantity,
        cast(
            seat_changes.billable_after - seat_changes.billable_before
            - greatest(seat_changes.billable_after - settled.included_quantity, 0)
            + greatest(seat_changes.billable_before - settled.included_quantity, 0)
            as decimal(28, 6)
        ) as included,
        cast(
            greatest(seat_changes.billable_before - settled.included_quantity, 0)
            as decimal(28, 6)
        ) as billable_before,
        cast(
            greatest(seat_changes.billable_after - settled.included_quantity, 0) as decimal(28, 6)
        ) as billable,
        case
            when settled.proration = 'by_second' then seat_changes.seconds_left
            -- the day of the change is billed at the new state
            else {{ days_between(
                'greatest(seat_changes.effective_on, settled.service_start)',
                'settled.service_end'
            ) }}
        end as numerator,
        case
            when settled.proration = 'by_second'
                then {{ seconds_between('settled.period_start_at', 'settled.period_end_at') }}
            else {{ days_between('settled.period_start', 'settled.period_end') }}
        end as denominator

    from settled

    inner join seat_changes
        on
            settled.unit_id = seat_changes.unit_id
            and settled.seat_rule = seat_changes.seat_rule

    where
        settled.is_by_change
        and (
            settled.credit_on_removal
            or seat_changes.billable_after > seat_changes.billable_before
        )

),

points as (

    select * from opening
    where quantity <> 0

    union all

    -- a change below the included or committed seats bills nothing
    select * from changes
    where billable <> billable_before

)

select * from points
