with

usage_events as (

    select * from {{ ref('stg_new_usage_events') }}
    where feature is not null

),

usage_quarters as (

    select * from {{ ref('int_usage_quarter_hours') }}

),

computed as (

    select distinct
        usage_events.account_id,
        usage_events.feature,
        coalesce(usage_events.user_id, '') as user_id,
        {{ month_of('usage_quarters.local_day') }} as month

    from usage_events

    inner join usage_quarters
        on {{ quarter_hour('usage_events.occurred_at') }} = usage_quarters.quarter_at

),

stored as (

    select * from {{ ref('stg_stored_feature_users') }}

),

unioned as (

    select
        account_id,
        feature,
        user_id,
        month

    from computed

    union all

    select
        account_id,
        feature,
        user_id,
        month

    from stored

)

select * from unioned
