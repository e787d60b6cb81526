with

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

snapshot_changes as (

    select * from {{ ref('int_snapshot_changes') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

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

),

-- a correction that names no holder or subscription is about those of the event it corrects
attributed as (

    select
        events.event_id,
        events.account_id,
        coalesce(events.subscription_id, corrected.subscription_id) as subscription_id,
        events.event_type,
        events.quantity,
        events.effective_at,
        events.recorded_at,
        coalesce(events.user_id, corrected.user_id) as user_id,
        events.role,
        events.previous_role,
        events.corrects_event_id,
        events.source

    from events

    left join events as corrected
        on
            events.corrects_event_id = corrected.event_id
            and events.account_id = corrected.account_id

),

-- seats that a named holder has suspended before each event: the last of suspend, reactivate
-- and remove tells
states as (

    select
        *,
        coalesce(
            last_value(
                case event_type
                    when 'suspend' then abs(quantity)
                    when 'reactivate' then 0
                    when 'remove' then 0
                end
                ignore nulls
            ) over (
                partition by account_id, subscription_id, user_id
                order by effective_at asc, recorded_at asc, event_id asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as suspended_before

    from attributed

),

-- a remove takes seats away whatever the sign its export writes; suspending a holder twice
-- counts once, and a suspended holder who leaves or changes role takes the suspension along
moved as (

    select
        event_id,
        account_id,
        subscription_id,
        event_type,
        effective_at,
        recorded_at,
        role,
        user_id,
        case event_type
            when 'remove' then -abs(quantity)
            when 'role_change' then abs(quantity)
            when 'suspend' then 0
            when 'reactivate' then 0
            else quantity
        end as assigned_change,
        case
            when event_type = 'suspend' and user_id is null then abs(quantity)
            when event_type = 'suspend' then greatest(abs(quantity) - suspended_before, 0)
            when event_type = 'reactivate' and user_id is null then -abs(quantity)
            when event_type in ('reactivate', 'remove') and user_id is not null
                then -least(abs(quantity), suspended_before)
            when event_type = 'role_change' and user_id is not null
                then least(abs(quantity), suspended_before)
            else 0
        end as suspended_change,
        corrects_event_id,
        source

    from states

    union all

    -- the other half of a change of role
    select
        event_id,
        account_id,
        subscription_id,
        event_type,
        effective_at,
        recorded_at,
        previous_role as role,
        user_id,
        -abs(quantity) as assigned_change,
        case
            when user_id is not null then -least(abs(quantity), suspended_before)
            else 0
        end as suspended_change,
        corrects_event_id,
        source

    from states

    where event_type = 'role_change'

),

-- a change from a role to itself is one row that changes nothing
changes as (

    select
        moved.event_id,
        moved.account_id,
        moved.subscription_id,
        moved.event_type,
        moved.effective_at,
        {{ local_day('moved.effective_at', 'max(settings.time_zone)') }} as effective_on,
        moved.recorded_at,
        moved.role,
        moved.user_id,
        cast(sum(moved.assigned_change) as decimal(19, 6)) as assigned_change,
        cast(sum(moved.suspended_change) as decimal(19, 6)) as suspended_change,
        moved.corrects_event_id,
        moved.source

    from moved

    cross join settings

    group by
        moved.event_id,
        moved.account_id,
        moved.subscription_id,
        moved.event_type,
        moved.effective_at,
        moved.recorded_at,
        moved.role,
        moved.user_id,
        moved.corrects_event_id,
        moved.source

)

select * from changes
