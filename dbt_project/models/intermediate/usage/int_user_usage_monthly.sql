with

usage_events as (

    select * from {{ ref('stg_new_usage_events') }}
    where user_id is not null

),

usage_quarters as (

    select * from {{ ref('int_usage_quarter_hours') }}

),

dated as (

    select
        usage_events.account_id,
        usage_events.user_id,
        {{ month_of('usage_quarters.local_day') }} as month,
        usage_events.meter,
        usage_events.actor_type,
        usage_events.quantity

    from usage_events

    inner join usage_quarters
        on {{ quarter_hour('usage_events.occurred_at') }} = usage_quarters.quarter_at

),

monthly as (

    select
        account_id,
        user_id,
        month,
        meter,
        actor_type,
        cast(sum(quantity) as decimal(38, 6)) as quantity,
        count(*) as event_count

    from dated

    group by account_id, user_id, month, meter, actor_type

),

stored as (

    select * from {{ ref('stg_stored_user_usage') }}

),

unioned as (

    select
        account_id,
        user_id,
        month,
        meter,
        actor_type,
        quantity,
        event_count

    from monthly

    union all

    select
        account_id,
        user_id,
        month,
        meter,
        actor_type,
        quantity,
        event_count

    from stored

)

select * from unioned
