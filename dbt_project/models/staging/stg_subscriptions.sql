with

subscriptions as (  -- noqa: ST03

    select * from {{ source('raw', 'subscriptions') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('subscriptions', ['subscription_id']) }})

),

renamed as (

    select
        subscription_id,
        account_id,
        plan_id,
        started_at,
        ended_at,
        billing_interval,
        seats_committed,
        discount_pct,
        renewal_date,
        recorded_at,
        _file,
        _row

    from known

)

select * from renamed
