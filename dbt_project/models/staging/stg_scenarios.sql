with

scenarios as (

    select * from {{ source('reference', 'scenarios') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- a build as of a past moment does not know later proposals
known as (

    select scenarios.*
    from scenarios

    inner join settings
        on {{ has_begun('scenarios.proposed_on', 'settings.known_until') }}

),

renamed as (

    select
        scenario_id,
        scenario_name,
        proposed_on,
        segment,
        from_plan_id,
        account_id,
        plan_id,
        uptake,
        starts_on,
        max_increase_ratio,
        max_increase_periods

    from known

)

select * from renamed
