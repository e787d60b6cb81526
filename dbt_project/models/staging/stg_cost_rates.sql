with

cost_rates as (  -- noqa: ST03

    select * from {{ source('raw', 'cost_rates') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('cost_rates', ['meter', 'valid_from', 'dimension']) }})

),

renamed as (

    select
        meter,
        valid_from,
        unit_cost,
        dimension,
        recorded_at,
        _file,
        _row

    from known

)

select * from renamed
