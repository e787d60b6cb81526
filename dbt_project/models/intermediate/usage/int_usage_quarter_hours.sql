with

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

quarters as (

    select distinct {{ quarter_hour('occurred_at') }} as quarter_at
    from usage_events

),

dated as (

    select
        quarters.quarter_at,
        {{ local_day('quarters.quarter_at', 'settings.time_zone') }} as local_day

    from quarters

    cross join settings

)

select * from dated
