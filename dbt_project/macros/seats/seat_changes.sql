{#
  A query for what each seat event changes, role by role: event_id, account_id, subscription_id, event_type,
  effective_at, recorded_at, role, user_id, assigned_change, suspended_change, corrects_event_id, source.

  This is the one definition of the seat ledger, as known today and as known at any moment T: what an event
  changes may depend on those around it (a removal ends its holder's suspension), so what was known at T is
  recalculated from the events recorded at or before T, never read from today's rows.

  events: a CTE with the columns of int_seat_events
  moments: a CTE with account_id and known_at (UTC) for a ledger as known at each moment, with known_at as one
  more column; left out for the ledger as known today
  is_before: exclude events recorded at the moment itself (the close of a month is exclusive)
#}
{% macro seat_changes(events, moments=none, is_before=false) -%}
{%- set known_at = ', known_at' if moments else '' -%}
with

known_events as (

    select
        {{ events }}.*
        {%- if moments %},
        {{ moments }}.known_at
        {%- endif %}

    from {{ events }}

    {% if moments -%}
    inner join {{ moments }}
        on
            {{ events }}.account_id = {{ moments }}.account_id
            and {{ events }}.recorded_at {{ '<' if is_before else '<=' }} {{ moments }}.known_at
    {%- endif %}

),

-- a correction without a holder or subscription applies to those of the event it corrects
attributed as (

    select
        known_events.event_id,
        known_events.account_id,
        coalesce(known_events.subscription_id, corrected.subscription_id) as subscription_id,
        known_events.event_type,
        known_events.quantity,
        known_events.effective_at,
        known_events.recorded_at,
        coalesce(known_events.user_id, corrected.user_id) as user_id,
        known_events.role,
        known_events.previous_role,
        known_events.corrects_event_id,
        known_events.source
        {%- if moments %},
        known_events.known_at
        {%- endif %}

    from known_events

    left join known_events as corrected
        on
            known_events.corrects_event_id = corrected.event_id
            and known_events.account_id = corrected.account_id
            {%- if moments %}
            and known_events.known_at = corrected.known_at
            {%- endif %}

),

-- a named holder's suspended seats before each event, from the last suspend, reactivate or remove
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
                partition by account_id, subscription_id, user_id{{ known_at }}
                order by effective_at asc, recorded_at asc, event_id asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as suspended_before

    from attributed

),

-- a remove reduces seats, whatever its sign in the export; suspending a holder twice counts once,
-- and a suspended holder who leaves or changes role stays suspended
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
        {{- known_at }}

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
        {{- known_at }}

    from states

    where event_type = 'role_change'

)

-- a change from a role to itself is one row that changes nothing
select
    event_id,
    account_id,
    subscription_id,
    event_type,
    effective_at,
    recorded_at,
    role,
    user_id,
    cast(sum(assigned_change) as decimal(19, 6)) as assigned_change,
    cast(sum(suspended_change) as decimal(19, 6)) as suspended_change,
    corrects_event_id,
    source
    {{- known_at }}

from moved

group by
    event_id,
    account_id,
    subscription_id,
    event_type,
    effective_at,
    recorded_at,
    role,
    user_id,
    corrects_event_id,
    source
    {{- known_at }}
{%- endmacro %}
