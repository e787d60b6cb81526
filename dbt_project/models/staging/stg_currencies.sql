with

currencies as (

    select * from {{ source('reference', 'currencies') }}

),

renamed as (

    select
        currency,
        minor_units

    from currencies

)

select * from renamed
