with

rate_tables as (

    select * from {{ source('reference', 'rate_tables') }}

),

renamed as (

    select
        plan_id,
        meter,
        dimension,
        valid_from,
        credits_per_unit

    from rate_tables

)

select * from renamed
