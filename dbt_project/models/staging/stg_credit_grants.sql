with

credit_grants as (

    select * from {{ source('reference', 'credit_grants') }}

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

    from credit_grants

)

select * from renamed
