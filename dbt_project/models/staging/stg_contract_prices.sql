with

contract_prices as (

    select * from {{ source('reference', 'contract_prices') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

known as (

    select
        contract_prices.*,
        settings.known_until

    from contract_prices

    inner join settings
        on {{ has_begun('contract_prices.valid_from', 'settings.known_until') }}

),

renamed as (

    select
        account_id,
        charge_id,
        valid_from,
        {{ known_end('valid_to', 'known_until') }} as valid_to,
        unit_amount,
        discount_ratio,
        approved_by

    from known

)

select * from renamed
