with

proposals as (

    select * from {{ ref('stg_scenarios') }}
    where scenario_id <> 'current'

),

-- `current` is always there, whatever the file says
current_model as (

    select
        'current' as scenario_id,
        'Current pricing' as scenario_name,
        cast(null as date) as proposed_on,
        cast(null as date) as starts_on,
        true as is_current

),

named as (

    select
        scenario_id,
        min(scenario_name) as scenario_name,
        min(proposed_on) as proposed_on,
        min(starts_on) as starts_on,
        false as is_current

    from proposals
    group by scenario_id

),

scenarios as (

    select * from current_model

    union all

    select * from named

)

select * from scenarios
