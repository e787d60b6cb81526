with

usage_events as (

    select * from {{ ref('stg_new_usage_events') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

stored_months as (

    select month from {{ ref('stg_usage_months') }}
    where is_stored

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

),

-- not the months known to be new: a row of any other month must never be lost
computed as (

    select
        quarter_at,
        local_day

    from dated

    where {{ month_of('local_day') }} not in (select stored_months.month from stored_months)

)

select * from computed
