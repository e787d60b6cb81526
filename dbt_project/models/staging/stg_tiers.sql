with

tiers as (

    select * from {{ source('reference', 'tiers') }}

),

renamed as (

    select
        charge_id,
        valid_from,
        tier,
        up_to,
        unit_amount,
        flat_amount

    from tiers

)

select * from renamed
