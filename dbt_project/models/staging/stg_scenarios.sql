with

scenarios as (

    select * from {{ source('reference', 'scenarios') }}

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

    from scenarios

)

select * from renamed
