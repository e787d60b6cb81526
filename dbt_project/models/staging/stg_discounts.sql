with

discounts as (

    select * from {{ source('reference', 'discounts') }}

),

renamed as (

    select
        discount_id,
        scope,
        scope_id,
        valid_from,
        valid_to,
        ratio,
        amount,
        approved_by

    from discounts

)

select * from renamed
