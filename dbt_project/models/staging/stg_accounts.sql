with

accounts as (  -- noqa: ST03

    select * from {{ source('raw', 'accounts') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('accounts', ['account_id']) }})

),

renamed as (

    select
        account_id,
        account_name,
        segment,
        region,
        country,
        industry,
        currency,
        created_at,
        churned_at,
        renewal_date,
        billing_anchor_day,
        plan_id,
        billing_entity,
        trial_started_at,
        trial_converted_at,
        account_owner,
        recorded_at,
        _file,
        _row

    from known

)

select * from renamed
