with

credit_grants as (

    select * from {{ source('reference', 'credit_grants') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

known as (

    select credit_grants.*
    from credit_grants

    inner join settings
        on {{ has_begun('credit_grants.valid_from', 'settings.known_until') }}

),

renamed as (

    select
        plan_id,
        valid_from,
        credits,
        priority,
        is_free = 'true' as is_free,
        grant_interval,
        term_months,
        rollover_ratio,
        expires_after_months,
        overage_unit_amount,
        at_zero,
        grace_ratio,
        topup_credits,
        topup_amount

    from known

)

select * from renamed
