with

units as (

    select * from {{ ref('int_rated_units') }}

),

seat_changes as (

    select * from {{ ref('int_unit_seat_changes') }}

),

measured as (

    select
        unit_id,
        seat_rule,
        max(case when event_id is null then billable_after end) as opening_seats,
        max(billable_after) as peak_seats,
        max_by(billable_after, level_number) as end_seats,
        sum((billable_after - billable_before) * seconds_left) as seat_seconds

    from seat_changes
    group by unit_id, seat_rule

),

averaged as (

    select
        measured.unit_id,
        measured.seat_rule,
        measured.opening_seats,
        measured.peak_seats,
        measured.end_seats,
        cast(
            {{ exact_ratio(
                'measured.seat_seconds',
                '1',
                seconds_between('units.service_start_at', 'units.service_end_at')
            ) }} as decimal(19, 6)
        ) as average_seats,
        units.seat_basis

    from measured

    inner join units
        on measured.unit_id = units.unit_id

),

based as (

    select
        unit_id,
        seat_rule,
        opening_seats,
        peak_seats,
        end_seats,
        average_seats,
        case seat_basis
            when 'peak' then peak_seats
            when 'end' then end_seats
            else average_seats
        end as basis_seats

    from averaged

)

select * from based
