with

usage_events as (

    select * from {{ ref('stg_new_usage_events') }}

),

usage_quarters as (

    select * from {{ ref('int_usage_quarter_hours') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- work that int_usage_daily counted and that was reopened later: the two are complements
reopened as (

    select
        usage_events.account_id,
        usage_events.subscription_id,
        usage_quarters.local_day as usage_date,
        {{ local_day('usage_events.reopened_at', 'settings.time_zone') }} as reopened_on,
        usage_events.meter,
        usage_events.dimension,
        usage_events.actor_type,
        usage_events.quantity

    from usage_events

    inner join usage_quarters
        on {{ quarter_hour('usage_events.occurred_at') }} = usage_quarters.quarter_at

    cross join settings

    where
        usage_events.reopened_at is not null
        and {{ is_successful('usage_events.outcome_status') }}
        and not {{ is_reopened_in_window(
            'usage_events.occurred_at',
            'usage_events.reopened_at',
            'settings.outcome_reopen_hours'
        ) }}

),

summed as (

    select
        account_id,
        subscription_id,
        usage_date,
        reopened_on,
        meter,
        dimension,
        actor_type,
        cast(sum(quantity) as decimal(38, 6)) as quantity

    from reopened

    group by
        account_id,
        subscription_id,
        usage_date,
        reopened_on,
        meter,
        dimension,
        actor_type

),

stored as (

    select * from {{ ref('stg_stored_reopenings') }}

),

unioned as (

    select
        account_id,
        subscription_id,
        usage_date,
        reopened_on,
        meter,
        dimension,
        actor_type,
        quantity

    from summed

    union all

    select
        account_id,
        subscription_id,
        usage_date,
        reopened_on,
        meter,
        dimension,
        actor_type,
        quantity

    from stored

)

select * from unioned
