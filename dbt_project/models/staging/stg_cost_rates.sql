with

cost_rates as (

    select * from {{ source('raw', 'cost_rates') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        cost_rates.*,
        row_number() over (
            partition by cost_rates.meter, cost_rates.valid_from, cost_rates.dimension
            order by
                cost_rates.recorded_at desc,
                cost_rates.exported_at desc,
                cost_rates._file asc,
                cost_rates._row asc
        ) as revision_rank

    from cost_rates

    inner join settings
        on cost_rates.recorded_at <= settings.as_of

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

    where revision_rank = 1

)

select * from renamed
