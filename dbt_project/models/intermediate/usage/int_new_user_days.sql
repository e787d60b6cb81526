with

usage_events as (

    select * from {{ ref('stg_new_usage_events') }}

),

usage_quarters as (

    select * from {{ ref('int_usage_quarter_hours') }}

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

)

select * from used
