{#
  One row per usage event: the revision known last at the as-of. Nearly every row was never revised; ranking only the
  others keeps the scan flat.

  new_only  only files with months whose statistics are not stored; revised rows always come from all files, since a
            later revision can lie in another file than its row
#}
{% macro known_usage_events(new_only=false) %}
with

usage_events as (

    select * from {{ source('raw', 'new_usage_events' if new_only else 'usage_events') }}

),

-- the source is read a second time, because a CTE that is used twice is materialized in memory
usage_revisions as (

    select * from {{ source('raw', 'usage_events') }}

),

revised_keys as (

    select * from {{ source('raw', 'revised_keys') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- almost no row was ever revised; ranking only the revised ones keeps the scan simple
never_revised as (

    select usage_events.*

    from usage_events

    inner join settings
        on usage_events.recorded_at <= settings.as_of

    where usage_events.event_id not in (
        select revised_keys.row_key from revised_keys
        where revised_keys.export = 'usage_events'
    )

),

revised as (

    select usage_revisions.*

    from usage_revisions

    inner join settings
        on usage_revisions.recorded_at <= settings.as_of

    inner join revised_keys
        on
            usage_revisions.event_id = revised_keys.row_key
            and revised_keys.export = 'usage_events'

    qualify row_number() over (
        partition by usage_revisions.event_id
        order by {{ revision_order('usage_revisions') }}
    ) = 1

),

latest as (

    select * from never_revised

    union all by name

    select * from revised

),

renamed as (

    select
        event_id,
        account_id,
        occurred_at,
        meter,
        quantity,
        user_id,
        coalesce(actor_type, 'unknown') as actor_type,
        feature,
        dimension,
        outcome_status,
        -- a reopening after the as-of is not known yet
        case when reopened_at <= (select as_of from settings) then reopened_at end
            as reopened_at,
        unit_cost,
        subscription_id,
        recorded_at,
        _file,
        _row

    from latest

)

select * from renamed
{% endmacro %}
