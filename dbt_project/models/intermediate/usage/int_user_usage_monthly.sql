with

usage_events as (

    select * from {{ ref('stg_usage_events') }}
    where user_id is not null

),

settings as (

    select * from {{ ref('stg_settings') }}

),

dated as (

    select
        usage_events.account_id,
        usage_events.user_id,
        {{ month_of(local_day('usage_events.occurred_at', 'settings.time_zone')) }} as month,
        usage_events.meter,
        usage_events.actor_type,
        usage_events.quantity

    from usage_events

    cross join settings

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

)

select * from monthly
