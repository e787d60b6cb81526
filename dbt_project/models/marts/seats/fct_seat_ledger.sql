with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

load_ledger as (

    select * from {{ ref('stg_load_ledger') }}

),

-- one file may be read as several exports; changes between snapshots are not in any row
sources as (

    select
        seat_events.event_id,
        load_ledger.file_name,
        seat_events._row as row_number

    from seat_events

    inner join load_ledger
        on
            seat_events._file = load_ledger.file_id
            and load_ledger.export = 'seat_events'

),

-- in order of effect; a correction is placed when it takes effect, not when it became known
running as (

    select
        concat(event_id, '|', role) as ledger_id,
        account_id,
        subscription_id,
        event_id,
        event_type,
        effective_at,
        effective_on,
        recorded_at,
        role,
        user_id,
        assigned_change as quantity_change,
        suspended_change,
        sum(assigned_change) over (
            partition by account_id, subscription_id, role
            order by effective_at asc, recorded_at asc, event_id asc
            rows between unbounded preceding and current row
        ) as quantity_after,
        sum(suspended_change) over (
            partition by account_id, subscription_id, role
            order by effective_at asc, recorded_at asc, event_id asc
            rows between unbounded preceding and current row
        ) as suspended_after,
        corrects_event_id,
        source

    from seat_changes

),

placed as (

    select
        running.ledger_id,
        running.account_id,
        running.subscription_id,
        running.event_id,
        running.event_type,
        running.effective_at,
        running.recorded_at,
        running.role,
        running.user_id,
        cast(running.quantity_change as decimal(19, 6)) as quantity_change,
        cast(running.quantity_after as decimal(19, 6)) as quantity_after,
        cast(running.suspended_change as decimal(19, 6)) as suspended_change,
        cast(running.suspended_after as decimal(19, 6)) as suspended_after,
        anchor_months.month,
        running.corrects_event_id,
        running.source,
        cast(sources.file_name as varchar) as source_file,
        cast(sources.row_number as bigint) as source_row

    from running

    left join anchor_months
        on
            running.account_id = anchor_months.account_id
            and running.effective_on >= anchor_months.period_start
            and running.effective_on < anchor_months.period_end

    left join sources
        on running.event_id = sources.event_id

)

select * from placed
