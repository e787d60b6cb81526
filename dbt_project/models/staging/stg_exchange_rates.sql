with

exchange_rates as (

    select * from {{ source('raw', 'exchange_rates') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        exchange_rates.*,
        row_number() over (
            partition by exchange_rates.currency, exchange_rates.valid_from
            order by
                exchange_rates.recorded_at desc,
                exchange_rates.exported_at desc,
                exchange_rates._file asc,
                exchange_rates._row asc
        ) as revision_rank

    from exchange_rates

    inner join settings
        on exchange_rates.recorded_at <= settings.as_of

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

    where revision_rank = 1

)

select * from renamed
