with

seat_events as (  -- noqa: ST03

    select * from {{ source('raw', 'seat_events') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('seat_events', ['event_id']) }})

),

renamed as (

    select
        event_id,
        account_id,
        event_type,
        quantity,
        effective_at,
        user_id,
        role,
        previous_role,
        subscription_id,
        source,
        corrects_event_id,
        recorded_at,
        _file,
        _row

    from known

)

select * from renamed
