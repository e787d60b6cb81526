with

settings as (

    select * from {{ source('reference', 'settings') }}

),

renamed as (

    select
        company_name,
        as_of,
        time_zone,
        reporting_currency,
        value_meter,
        outcome_reopen_hours,
        known_until

    from settings

)

select * from renamed
