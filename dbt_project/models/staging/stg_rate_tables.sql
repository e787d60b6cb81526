with

rate_tables as (

    select * from {{ source('reference', 'rate_tables') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

known as (

    select rate_tables.*
    from rate_tables

    inner join settings
        on {{ has_begun('rate_tables.valid_from', 'settings.known_until') }}

),

renamed as (

    select
        plan_id,
        meter,
        dimension,
        valid_from,
        credits_per_unit

    from known

)

select * from renamed
