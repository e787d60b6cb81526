with

charges as (

    select * from {{ source('reference', 'charges') }}

),

renamed as (

    select
        charge_id,
        plan_id,
        valid_from,
        valid_to,
        charge_name,
        meter,
        timing,
        role,
        dimension,
        actor_type,
        outcomes_only = 'true' as outcomes_only,
        pricing,
        aggregation,
        unit_amount,
        package_size,
        included_quantity,
        included_per,
        line_minimum,
        line_maximum

    from charges

)

select * from renamed
