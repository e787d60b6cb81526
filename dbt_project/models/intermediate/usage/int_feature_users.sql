with

usage_events as (

    select * from {{ ref('stg_usage_events') }}
    where feature is not null

),

usage_quarters as (

    select * from {{ ref('int_usage_quarters') }}

),

used as (

    select
        usage_events.account_id,
        usage_events.feature,
        coalesce(usage_events.user_id, '') as user_id,
        {{ month_of('usage_quarters.local_day') }} as month

    from usage_events

    inner join usage_quarters
        on {{ quarter_hour('usage_events.occurred_at') }} = usage_quarters.quarter_at

),

grouped as (

    select
        account_id,
        feature,
        user_id,
        month,
        count(*) as event_count

    from used

    group by account_id, feature, user_id, month

)

select * from grouped
