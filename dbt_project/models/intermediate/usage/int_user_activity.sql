with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

usage_quarters as (

    select * from {{ ref('int_usage_quarter_hours') }}

),

seat_snapshots as (

    select * from {{ ref('stg_seat_snapshots') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- work that a person did under their own name; automation on behalf of a user is not a human action
used as (

    select distinct
        usage_events.account_id,
        usage_events.user_id,
        usage_quarters.local_day as activity_date

    from usage_events

    inner join usage_quarters
        on {{ quarter_hour('usage_events.occurred_at') }} = usage_quarters.quarter_at

    where
        usage_events.user_id is not null
        and usage_events.actor_type = 'human'

),

-- admin consoles report when a holder was last seen; anything after the as-of is not known yet
seen as (

    select distinct
        seat_snapshots.account_id,
        seat_snapshots.user_id,
        {{ local_day('seat_snapshots.last_active_at', 'settings.time_zone') }} as activity_date

    from seat_snapshots

    inner join settings
        on seat_snapshots.last_active_at <= settings.as_of

),

activity as (

    select * from used

    union distinct

    select * from seen

)

select * from activity
