with

events as (  -- noqa: ST03

    select * from {{ ref('int_seat_events') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

known_today as (

    select * from ({{ seat_changes('events') }})

),

changes as (

    select
        known_today.event_id,
        known_today.account_id,
        known_today.subscription_id,
        known_today.event_type,
        known_today.effective_at,
        {{ local_day('known_today.effective_at', 'settings.time_zone') }} as effective_on,
        known_today.recorded_at,
        known_today.role,
        known_today.user_id,
        known_today.assigned_change,
        known_today.suspended_change,
        known_today.corrects_event_id,
        known_today.source

    from known_today

    cross join settings

)

select * from changes
