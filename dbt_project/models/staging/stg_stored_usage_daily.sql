with

stored as (

    select * from {{ source('statistics', 'usage_daily') }}

),

renamed as (

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

)

select * from renamed
