with

matched_lines as (

    select * from {{ ref('int_matched_lines') }}
    where
        line_kind = 'seat'
        and invoice_id is not null
        and expected_amount <> invoiced_amount

),

seat_levels as (

    select * from {{ ref('int_seat_levels') }}
    where scope = 'contract'

),

rated_units as (

    select * from {{ ref('int_rated_units') }}
    where scenario_id = 'current'

),

rated_charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'seats'

),

rules as (

    select distinct
        rated_units.account_id,
        rated_units.contract_id,
        rated_units.service_start,
        rated_charges.seat_rule

    from rated_units

    inner join rated_charges
        on rated_units.unit_id = rated_charges.unit_id

),

-- seats that were in force when the period opened but came to light after its invoice was issued
late as (

    select
        matched_lines.account_id,
        matched_lines.line_key,
        cast(sum(seat_levels.level_after - seat_levels.level_before) as decimal(19, 6))
            as late_seats,
        min(case when seat_levels.event_type = 'correction' then 1 else 0 end) = 1
            as is_all_corrections,
        min(seat_levels.event_id) as first_event_id

    from matched_lines

    inner join rules
        on
            matched_lines.account_id = rules.account_id
            and matched_lines.contract_id = rules.contract_id
            and matched_lines.service_start = rules.service_start

    inner join seat_levels
        on
            rules.seat_rule = seat_levels.seat_rule
            and rules.account_id = seat_levels.account_id
            and rules.contract_id = seat_levels.contract_id
            and seat_levels.effective_at <= matched_lines.service_start_at
            and seat_levels.recorded_at > matched_lines.issued_at

    group by matched_lines.account_id, matched_lines.line_key

)

select * from late
