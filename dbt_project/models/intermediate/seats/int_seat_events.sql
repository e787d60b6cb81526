with

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

seat_snapshots as (

    select * from {{ ref('stg_seat_snapshots') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- every date on which any account was exported, to detect dates that an account lacks
snapshot_dates as (

    select
        snapshot_date,
        min(recorded_at) as recorded_at,
        row_number() over (order by snapshot_date asc) as date_index

    from seat_snapshots

    group by snapshot_date

),

account_dates as (

    select
        seat_snapshots.account_id,
        snapshot_dates.date_index,
        lag(snapshot_dates.date_index) over (
            partition by seat_snapshots.account_id
            order by snapshot_dates.date_index asc
        ) as previous_index,
        lead(snapshot_dates.date_index) over (
            partition by seat_snapshots.account_id
            order by snapshot_dates.date_index asc
        ) as next_index

    from seat_snapshots

    inner join snapshot_dates
        on seat_snapshots.snapshot_date = snapshot_dates.snapshot_date

    group by seat_snapshots.account_id, snapshot_dates.date_index

),

held as (

    select
        seat_snapshots.account_id,
        seat_snapshots.user_id,
        seat_snapshots.role,
        seat_snapshots.recorded_at,
        account_dates.date_index,
        account_dates.previous_index,
        account_dates.next_index,
        lag(account_dates.date_index) over (
            partition by
                seat_snapshots.account_id, seat_snapshots.user_id, seat_snapshots.role
            order by account_dates.date_index asc
        ) as held_before,
        lead(account_dates.date_index) over (
            partition by
                seat_snapshots.account_id, seat_snapshots.user_id, seat_snapshots.role
            order by account_dates.date_index asc
        ) as held_next

    from seat_snapshots

    inner join snapshot_dates
        on seat_snapshots.snapshot_date = snapshot_dates.snapshot_date

    inner join account_dates
        on
            seat_snapshots.account_id = account_dates.account_id
            and snapshot_dates.date_index = account_dates.date_index

),

-- new compared with the account's previous date, or after an absence that emptied the account
appeared as (

    select
        account_id,
        user_id,
        role,
        recorded_at,
        date_index as change_index

    from held

    where
        held_before is null
        or held_before <> previous_index
        or date_index - previous_index > 2

),

-- missing on the account's next date; an account absent twice in a row is emptied on the second
-- date, one absent once does not lose its seats
vanished as (

    select
        account_id,
        user_id,
        role,
        case
            when next_index - date_index <= 2 then next_index
            else date_index + 2
        end as change_index

    from held

    where
        held_next is null
        or held_next <> next_index
        or next_index - date_index > 2

),

-- a role removed and a role added for the same user and date are one change of role
appeared_ranked as (

    select
        account_id,
        user_id,
        role,
        recorded_at,
        change_index,
        row_number() over (
            partition by account_id, user_id, change_index
            order by role asc
        ) as pair_number

    from appeared

),

vanished_ranked as (

    select
        account_id,
        user_id,
        role,
        change_index,
        row_number() over (
            partition by account_id, user_id, change_index
            order by role asc
        ) as pair_number

    from vanished

),

paired as (

    select
        coalesce(appeared_ranked.account_id, vanished_ranked.account_id) as account_id,
        coalesce(appeared_ranked.user_id, vanished_ranked.user_id) as user_id,
        coalesce(appeared_ranked.change_index, vanished_ranked.change_index) as change_index,
        appeared_ranked.role as new_role,
        vanished_ranked.role as old_role,
        appeared_ranked.recorded_at

    from appeared_ranked

    full outer join vanished_ranked
        on
            appeared_ranked.account_id = vanished_ranked.account_id
            and appeared_ranked.user_id = vanished_ranked.user_id
            and appeared_ranked.change_index = vanished_ranked.change_index
            and appeared_ranked.pair_number = vanished_ranked.pair_number

),

-- the join drops a disappearance that no later date confirms yet
snapshot_changes as (

    select
        concat(
            'snapshot|', paired.account_id, '|', paired.user_id, '|',
            coalesce(paired.new_role, paired.old_role), '|',
            cast(snapshot_dates.snapshot_date as varchar)
        ) as event_id,
        paired.account_id,
        case
            when paired.new_role is null then 'remove'
            when paired.old_role is null then 'add'
            else 'role_change'
        end as event_type,
        cast(case when paired.new_role is null then -1 else 1 end as decimal(19, 6)) as quantity,
        {{ utc_time('snapshot_dates.snapshot_date', 'settings.time_zone') }} as effective_at,
        coalesce(paired.recorded_at, snapshot_dates.recorded_at) as recorded_at,
        paired.user_id,
        coalesce(paired.new_role, paired.old_role) as role,
        case when paired.new_role is not null then paired.old_role end as previous_role

    from paired

    inner join snapshot_dates
        on paired.change_index = snapshot_dates.date_index

    cross join settings

),

-- an account with events needs no comparison of snapshots: counting both would double its seats
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
