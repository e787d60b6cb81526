with

usage_events as (

    select * from {{ source('raw', 'usage_events') }}

),

-- the source is read a second time, because a CTE that is used twice is materialized in memory
usage_revisions as (

    select * from {{ source('raw', 'usage_events') }}

),

revised_keys as (

    select * from {{ source('raw', 'revised_keys') }}
    where export = 'usage_events'

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- a month can only have closed between work and its record if the two are in different months of
-- some time zone; this runs for every row, so it must be cheap
late as (

    select
        usage_events.event_id,
        usage_events.account_id,
        usage_events.occurred_at,
        usage_events.meter,
        usage_events.quantity,
        usage_events.recorded_at,
        cast(null as timestamp) as superseded_at

    from usage_events

    inner join settings
        on usage_events.recorded_at <= settings.as_of

    where
        usage_events.recorded_at > usage_events.occurred_at
        and {{ month_of(add_hours('usage_events.recorded_at', '14')) }}
        <> {{ month_of(add_hours('usage_events.occurred_at', '-12')) }}
        and usage_events.event_id not in (select revised_keys.row_key from revised_keys)

),

-- same order as in stg_usage_events, so the last revision here is the row there
revised as (

    select
        usage_revisions.event_id,
        usage_revisions.account_id,
        usage_revisions.occurred_at,
        usage_revisions.meter,
        usage_revisions.quantity,
        usage_revisions.recorded_at,
        lead(usage_revisions.recorded_at) over (
            partition by usage_revisions.event_id
            order by
                {{ revision_order('usage_revisions', latest_first=false) }}
        ) as superseded_at

    from usage_revisions

    inner join settings
        on usage_revisions.recorded_at <= settings.as_of

    inner join revised_keys
        on usage_revisions.event_id = revised_keys.row_key

),

unioned as (

    select * from late

    union all

    select * from revised

)

select * from unioned
