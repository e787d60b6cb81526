{#
  A query for the billable seats of a service: opening_seats, peak_seats, end_seats, seats_committed and
  seat_seconds.

  relation: a CTE with one row per step of the level (billable_before, billable_after, seats_committed,
  seconds_left to the service's end, level_number from 0; the opening, which no event makes, has a null event_id)
  keys: the columns that name a service
#}
{% macro seat_measures(relation, keys) -%}
select
    {{ keys | join(', ') }},
    max(case when event_id is null then billable_after end) as opening_seats,
    max(billable_after) as peak_seats,
    max_by(billable_after, level_number) as end_seats,
    max(seats_committed) as seats_committed,
    sum((billable_after - billable_before) * seconds_left) as seat_seconds

from {{ relation }}
group by {{ keys | join(', ') }}
{%- endmacro %}

{# Time-weighted average of a service's seats, six places. #}
{% macro average_seats(seat_seconds, service_start_at, service_end_at) -%}
    cast(
        {{ exact_ratio(seat_seconds, '1', seconds_between(service_start_at, service_end_at)) }}
        as decimal(19, 6)
    )
{%- endmacro %}

{# The change of billed seats for a change of assigned and suspended seats. #}
{% macro level_change(assigned_change, suspended_change, bill_suspended) -%}
    {{ assigned_change }} - case when {{ bill_suspended }} then 0 else {{ suspended_change }} end
{%- endmacro %}
