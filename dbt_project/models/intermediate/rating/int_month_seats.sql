with

units as (

    select * from {{ ref('int_rated_units') }}
    where interval_months > 1 and seat_basis <> 'active'

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where included_per = 'seat' and meter <> 'seats'

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

seat_changes as (

    select * from {{ ref('int_unit_seat_changes') }}

),

unit_months as (

    select distinct
        units.unit_id,
        charges.seat_rule,
        anchor_months.month,
        units.seat_basis,
        greatest(anchor_months.period_start_at, units.service_start_at) as month_start_at,
        least(anchor_months.period_end_at, units.service_end_at) as month_end_at

    from units

    inner join charges
        on units.unit_id = charges.unit_id

    inner join anchor_months
        on
            units.account_id = anchor_months.account_id
            and units.service_start_at < anchor_months.period_end_at
            and units.service_end_at > anchor_months.period_start_at

),

-- what stands when the month starts, and what moves it inside the month
steps as (  -- noqa: ST03

    select
        unit_months.unit_id,
        unit_months.seat_rule,
        unit_months.month,
        cast(null as varchar) as event_id,
        0 as level_number,
        max(seat_changes.seats_committed) as seats_committed,
        cast(0 as decimal(19, 6)) as billable_before,
        max_by(seat_changes.billable_after, seat_changes.level_number) as billable_after,
        {{ seconds_between('unit_months.month_start_at', 'unit_months.month_end_at') }}
            as seconds_left

    from unit_months

    inner join seat_changes
        on
            unit_months.unit_id = seat_changes.unit_id
            and unit_months.seat_rule = seat_changes.seat_rule
            and unit_months.month_start_at >= seat_changes.effective_at

    group by
        unit_months.unit_id,
        unit_months.seat_rule,
        unit_months.month,
        unit_months.month_start_at,
        unit_months.month_end_at

    union all

    select
        unit_months.unit_id,
        unit_months.seat_rule,
        unit_months.month,
        seat_changes.event_id,
        seat_changes.level_number,
        seat_changes.seats_committed,
        seat_changes.billable_before,
        seat_changes.billable_after,
        {{ seconds_between('seat_changes.effective_at', 'unit_months.month_end_at') }}
            as seconds_left

    from unit_months

    inner join seat_changes
        on
            unit_months.unit_id = seat_changes.unit_id
            and unit_months.seat_rule = seat_changes.seat_rule
            and unit_months.month_start_at < seat_changes.effective_at
            and unit_months.month_end_at > seat_changes.effective_at

),

measured as (

    select * from ({{ seat_measures('steps', ['unit_id', 'seat_rule', 'month']) }})

),

described as (

    select
        measured.unit_id,
        measured.seat_rule,
        measured.month,
        case unit_months.seat_basis
            when 'start' then measured.opening_seats
            when 'peak' then measured.peak_seats
            when 'end' then measured.end_seats
            else
                {{ average_seats(
                    'measured.seat_seconds',
                    'unit_months.month_start_at',
                    'unit_months.month_end_at'
                ) }}
        end as basis_seats

    from measured

    inner join unit_months
        on
            measured.unit_id = unit_months.unit_id
            and measured.seat_rule = unit_months.seat_rule
            and measured.month = unit_months.month

)

select * from described
