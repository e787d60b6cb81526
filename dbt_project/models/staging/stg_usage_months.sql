with

usage_months as (

    select * from {{ source('raw', 'usage_months') }}

),

renamed as (

    select
        month,
        is_stored

    from usage_months

)

select * from renamed
