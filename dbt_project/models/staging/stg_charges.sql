with

charges as (

    select * from {{ source('reference', 'charges') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

known as (

    select
        charges.*,
        settings.known_until

    from charges

    inner join settings
        on {{ has_begun('charges.valid_from', 'settings.known_until') }}

),

renamed as (

    select
        charge_id,
        plan_id,
        valid_from,
        {{ known_end('valid_to', 'known_until') }} as valid_to,
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
        line_maximum,
        tiers_by,
        divide_by,
        quantity_rounding

    from known

)

select * from renamed
