with

tiers as (

    select * from {{ source('reference', 'tiers') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

known as (

    select tiers.*
    from tiers

    inner join settings
        on {{ has_begun('tiers.valid_from', 'settings.known_until') }}

),

renamed as (

    select
        charge_id,
        valid_from,
        tier,
        up_to,
        unit_amount,
        flat_amount,
        block_size

    from known

)

select * from renamed
