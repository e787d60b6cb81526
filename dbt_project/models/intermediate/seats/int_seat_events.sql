with

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

snapshot_changes as (

    select * from {{ ref('int_snapshot_changes') }}

),

-- an account that exports its events needs no comparing of snapshots: counting both
-- would double its seats
events as (

    select
        event_id,
        account_id,
        subscription_id,
        event_type,
        quantity,
        effective_at,
        recorded_at,
        user_id,
        role,
        coalesce(previous_role, 'member') as previous_role,
        corrects_event_id,
        source

    from seat_events

    union all

    select
        event_id,
        account_id,
        cast(null as varchar) as subscription_id,
        event_type,
        quantity,
        effective_at,
        recorded_at,
        user_id,
        role,
        previous_role,
        cast(null as varchar) as corrects_event_id,
        'seat_snapshots' as source

    from snapshot_changes

    where account_id not in (select seat_events.account_id from seat_events)

)

select * from events
