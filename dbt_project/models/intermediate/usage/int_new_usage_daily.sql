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

dated as (

    select
        usage_events.*,
        usage_quarters.local_day as usage_date,
        settings.outcome_reopen_hours

    from usage_events

    inner join usage_quarters
        on {{ quarter_hour('usage_events.occurred_at') }} = usage_quarters.quarter_at

    cross join settings

),

-- a single pass: nothing here needs a window or reads a row twice
daily as (

    select
        account_id,
        subscription_id,
        usage_date,
        meter,
        dimension,
        actor_type,
        cast(sum(quantity) as decimal(38, 6)) as quantity,
        cast(
            sum(
                case
                    when
                        {{ is_successful('outcome_status') }}
                        and not {{ is_reopened_in_window(
                            'occurred_at', 'reopened_at', 'outcome_reopen_hours'
                        ) }}
                        then quantity
                    else 0
                end
            ) as decimal(38, 6)
        ) as outcome_quantity,
        count(*) as event_count,
        count(user_id) as named_event_count,
        cast(sum(quantity * unit_cost) as decimal(38, 12)) as unit_cost_amount,
        count(unit_cost) as unit_cost_event_count

    from dated

    group by account_id, subscription_id, usage_date, meter, dimension, actor_type

)

select * from daily
