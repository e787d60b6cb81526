with

usage_response as (

    select * from {{ source('reference', 'usage_response') }}

),

renamed as (

    select
        {{ adapter.quote('case') }} as assumption_case,
        meter,
        price_change_over,
        usage_change_ratio

    from usage_response

)

select * from renamed
