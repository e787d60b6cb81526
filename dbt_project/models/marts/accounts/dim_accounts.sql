with

accounts as (

    select * from {{ ref('int_accounts') }}

),

described as (

    select
        account_id,
        account_name,
        segment,
        region,
        country,
        industry,
        account_owner,
        currency,
        plan_id,
        plan_family,
        billing_interval,
        billing_anchor_day,
        started_on,
        churned_on,
        renewal_date,
        is_active

    from accounts

)

select * from described
