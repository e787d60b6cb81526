with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

levels as (

    select * from {{ ref('int_seat_levels') }}

),

unit_rules as (

    select distinct
        units.unit_id,
        units.account_id,
        units.contract_id,
        case when units.scenario_id = 'current' then 'contract' else 'account' end as scope,
        units.service_start_at,
        units.service_end_at,
        units.period_end,
        units.service_end,
        charges.seats_committed,
        charges.seat_rule

    from units

    inner join charges
        on units.unit_id = charges.unit_id

    where charges.meter = 'seats' or charges.included_per = 'seat'

),

-- a change at the very start of the service is part of what the period opens with
opening as (

    select
        unit_rules.unit_id,
        unit_rules.seat_rule,
        max_by(levels.level_after, levels.level_number) as level_at_start

    from unit_rules

    inner join levels
        on
            unit_rules.seat_rule = levels.seat_rule
            and unit_rules.scope = levels.scope
            and unit_rules.account_id = levels.account_id
            and unit_rules.contract_id = levels.contract_id
            and levels.effective_at <= unit_rules.service_start_at

    group by unit_rules.unit_id, unit_rules.seat_rule

),

opened as (

    select
        unit_rules.unit_id,
        unit_rules.seat_rule,
        cast(null as varchar) as event_id,
        cast(null as varchar) as event_type,
        unit_rules.service_start_at as effective_at,
        cast(null as date) as effective_on,
        unit_rules.service_end_at,
        unit_rules.seats_committed,
        0 as level_number,
        cast(0 as decimal(19, 6)) as level_before,
        coalesce(opening.level_at_start, 0) as level_after

    from unit_rules

    left join opening
        on
            unit_rules.unit_id = opening.unit_id
            and unit_rules.seat_rule = opening.seat_rule

),

changed as (

    select
        unit_rules.unit_id,
        unit_rules.seat_rule,
        levels.event_id,
        levels.event_type,
        levels.effective_at,
        levels.effective_on,
        unit_rules.service_end_at,
        unit_rules.seats_committed,
        levels.level_number,
        levels.level_before,
        levels.level_after

    from unit_rules

    inner join levels
        on
            unit_rules.seat_rule = levels.seat_rule
            and unit_rules.scope = levels.scope
            and unit_rules.account_id = levels.account_id
            and unit_rules.contract_id = levels.contract_id
            and levels.effective_at > unit_rules.service_start_at
            and levels.effective_at < unit_rules.service_end_at

),

together as (

    select * from opened

    union all

    select * from changed

),

-- at least what the contract commits to is billed
billed as (

    select
        unit_id,
        seat_rule,
        event_id,
        event_type,
        effective_at,
        effective_on,
        level_number,
        seats_committed,
        greatest(level_before, case when event_id is null then 0 else seats_committed end)
            as billable_before,
        greatest(level_after, seats_committed) as billable_after,
        {{ seconds_between('effective_at', 'service_end_at') }} as seconds_left

    from together

)

select * from billed
