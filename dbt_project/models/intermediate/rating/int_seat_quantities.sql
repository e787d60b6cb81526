{{ config(materialized='view') }}

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

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- seats billed as they change open with what is there and add a line a change; every other basis
-- is one line for the whole service. A price that changes inside the period closes one window of
-- days and opens the next
windows as (

    select
        charges.unit_id,
        charges.charge_id,
        charges.window_start,
        charges.window_end,
        charges.is_cut,
        case
            when charges.is_cut
                then
                    concat(
                        charges.charge_id, chr(31), cast(charges.window_start as varchar)
                    )
            else charges.charge_id
        end as point_key,
        charges.seat_rule,
        charges.included_quantity,
        units.proration,
        units.service_start,
        units.service_end,
        units.period_start,
        units.period_end,
        units.period_start_at,
        units.period_end_at,
        case
            when charges.is_cut
                then {{ utc_time('charges.window_start', 'settings.time_zone') }}
            else units.service_start_at
        end as window_start_at,
        case
            when charges.is_cut then {{ utc_time('charges.window_end', 'settings.time_zone') }}
            else units.service_end_at
        end as window_end_at,
        units.credit_on_removal,
        units.proration <> 'none' and units.seat_basis = 'time_weighted' as is_by_change,
        units.seat_basis,
        unit_seats.opening_seats,
        unit_seats.end_seats,
        unit_seats.basis_seats

    from charges

    inner join units
        on charges.unit_id = units.unit_id

    inner join unit_seats
        on
            charges.unit_id = unit_seats.unit_id
            and charges.seat_rule = unit_seats.seat_rule

    cross join settings

),

-- the days or seconds of the window, which flat amounts, minimum and maximum follow
settled as (

    select
        windows.*,
        case
            when proration = 'by_second'
                then {{ seconds_between('window_start_at', 'window_end_at') }}
            else {{ prorated_days('proration', 'window_start', 'window_end') }}
        end as window_length

    from windows

),

-- a later window opens with the seats that the earlier one left; removals without a credit stay
-- billed until the period is over
carried as (

    select
        settled.unit_id,
        settled.charge_id,
        settled.window_start,
        case
            when max(case when settled.credit_on_removal then 1 else 0 end) = 1
                then max_by(seat_changes.billable_after, seat_changes.level_number)
            else
                sum(
                    case
                        when seat_changes.event_id is null then seat_changes.billable_after
                        else
                            greatest(
                                seat_changes.billable_after - seat_changes.billable_before, 0
                            )
                    end
                )
        end as opening_seats

    from settled

    inner join seat_changes
        on
            settled.unit_id = seat_changes.unit_id
            and settled.seat_rule = seat_changes.seat_rule
            and settled.window_start_at >= seat_changes.effective_at

    where
        settled.is_by_change
        and settled.is_cut
        and settled.window_start > settled.service_start

    group by settled.unit_id, settled.charge_id, settled.window_start

),

opened as (

    select
        settled.*,
        case
            when settled.is_by_change
                then coalesce(carried.opening_seats, settled.opening_seats)
            else settled.basis_seats
        end as seats

    from settled

    left join carried
        on
            settled.unit_id = carried.unit_id
            and settled.charge_id = carried.charge_id
            and settled.window_start = carried.window_start

),

opening as (

    select
        unit_id,
        charge_id,
        window_start,
        point_key,
        'seat' as line_kind,
        cast(null as varchar) as event_id,
        window_start as service_start,
        window_end as service_end,
        cast(seats as decimal(28, 6)) as quantity,
        cast(least(included_quantity, seats) as decimal(28, 6)) as included,
        cast(null as decimal(28, 6)) as billable_before,
        cast(greatest(seats - included_quantity, 0) as decimal(28, 6)) as billable,
        -- an average is a prorated count: the full one are the seats at the end
        case
            when seat_basis = 'time_weighted' and not is_by_change
                then cast(greatest(end_seats - included_quantity, 0) as decimal(28, 6))
        end as tier_quantity,
        0 as level_number,
        case
            when proration = 'none' and not is_cut then 1
            else window_length
        end as numerator,
        case
            when proration = 'none' and not is_cut then 1
            -- without proration a cut service still costs one whole period
            when proration = 'none' then {{ days_between('service_start', 'service_end') }}
            when proration = 'by_second'
                then {{ seconds_between('period_start_at', 'period_end_at') }}
            else {{ prorated_days('proration', 'period_start', 'period_end') }}
        end as denominator,
        case when proration = 'none' and not is_cut then 1 else window_length end
            as bound_numerator

    from opened

),

changes as (

    select
        settled.unit_id,
        settled.charge_id,
        settled.window_start,
        concat(settled.charge_id, chr(31), seat_changes.event_id) as point_key,
        'proration' as line_kind,
        seat_changes.event_id,
        greatest(seat_changes.effective_on, settled.window_start) as service_start,
        settled.window_end as service_end,
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
        cast(null as decimal(28, 6)) as tier_quantity,
        cast(seat_changes.level_number as integer) as level_number,
        case
            when settled.proration = 'by_second'
                then {{ seconds_between('seat_changes.effective_at', 'settled.window_end_at') }}
            -- the day of the change is billed at the new state
            else {{ prorated_days(
                'settled.proration',
                'greatest(seat_changes.effective_on, settled.window_start)',
                'settled.window_end'
            ) }}
        end as numerator,
        case
            when settled.proration = 'by_second'
                then {{ seconds_between('settled.period_start_at', 'settled.period_end_at') }}
            else {{ prorated_days(
                'settled.proration', 'settled.period_start', 'settled.period_end'
            ) }}
        end as denominator,
        settled.window_length as bound_numerator

    from settled

    inner join seat_changes
        on
            settled.unit_id = seat_changes.unit_id
            and settled.seat_rule = seat_changes.seat_rule
            and settled.window_start_at < seat_changes.effective_at
            and settled.window_end_at > seat_changes.effective_at

    where
        settled.is_by_change
        and seat_changes.event_id is not null
        and (
            settled.credit_on_removal
            or seat_changes.billable_after > seat_changes.billable_before
        )

),

together as (

    select * from opening

    union all

    -- a change below the included or committed seats bills nothing
    select * from changes
    where billable <> billable_before

),

quantities as (

    select
        together.*,
        denominator as bound_denominator

    from together

)

select * from quantities
