with

units as (

    select * from {{ ref('int_rated_units') }}

),

seat_changes as (  -- noqa: ST03

    select * from {{ ref('int_unit_seat_changes') }}

),

unit_activity as (

    select * from {{ ref('int_unit_activity') }}

),

measured as (

    select * from ({{ seat_measures('seat_changes', ['unit_id', 'seat_rule']) }})

),

averaged as (

    select
        measured.unit_id,
        measured.seat_rule,
        measured.opening_seats,
        measured.peak_seats,
        measured.end_seats,
        {{ average_seats(
            'measured.seat_seconds', 'units.service_start_at', 'units.service_end_at'
        ) }} as average_seats,
        unit_activity.active_seats,
        measured.seats_committed,
        units.seat_basis

    from measured

    inner join units
        on measured.unit_id = units.unit_id

    left join unit_activity
        on
            measured.unit_id = unit_activity.unit_id
            and measured.seat_rule = unit_activity.seat_rule

),

based as (

    select
        unit_id,
        seat_rule,
        opening_seats,
        peak_seats,
        end_seats,
        average_seats,
        active_seats,
        -- nobody can tell who was active: no seats to bill, not even those committed
        case
            when seat_basis = 'start' then opening_seats
            when seat_basis = 'peak' then peak_seats
            when seat_basis = 'end' then end_seats
            when seat_basis = 'active' and active_seats is null then null
            when seat_basis = 'active' then greatest(active_seats, seats_committed)
            else average_seats
        end as basis_seats

    from averaged

)

select * from based
