with

exchange_rates as (  -- noqa: ST03

    select * from {{ source('raw', 'exchange_rates') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('exchange_rates', ['currency', 'valid_from']) }})

),

renamed as (

    select
        currency,
        valid_from,
        rate,
        recorded_at,
        _file,
        _row

    from known

)

select * from renamed
