with

discounts as (

    select * from {{ source('reference', 'discounts') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

known as (

    select
        discounts.*,
        settings.known_until

    from discounts

    inner join settings
        on {{ has_begun('discounts.valid_from', 'settings.known_until') }}

),

renamed as (

    select
        discount_id,
        scope,
        scope_id,
        valid_from,
        {{ known_end('valid_to', 'known_until') }} as valid_to,
        ratio,
        amount,
        approved_by

    from known

)

select * from renamed
