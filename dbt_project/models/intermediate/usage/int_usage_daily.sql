{{ config(materialized='view') }}

with

stored as (

    select * from {{ ref('stg_stored_usage_daily') }}

),

computed as (

    select * from {{ ref('int_new_usage_daily') }}

),

unioned as (

    select
        account_id,
        subscription_id,
        usage_date,
        meter,
        dimension,
        actor_type,
        quantity,
        outcome_quantity,
        event_count,
        named_event_count,
        unit_cost_amount,
        unit_cost_event_count

    from stored

    union all

    select
        account_id,
        subscription_id,
        usage_date,
        meter,
        dimension,
        actor_type,
        quantity,
        outcome_quantity,
        event_count,
        named_event_count,
        unit_cost_amount,
        unit_cost_event_count

    from computed

)

select * from unioned
