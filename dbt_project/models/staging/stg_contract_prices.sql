with

contract_prices as (

    select * from {{ source('reference', 'contract_prices') }}

),

renamed as (

    select
        account_id,
        charge_id,
        valid_from,
        valid_to,
        unit_amount,
        discount_ratio,
        approved_by

    from contract_prices

)

select * from renamed
