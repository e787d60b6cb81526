{#
  A query with one row per scenario: its name, since when it is proposed and from when it would hold, by the
  earliest of its rows. `current` is always there, whatever the file says.
#}
{% macro scenario_names(scenarios) -%}
    select
        'current' as scenario_id,
        'Current pricing' as scenario_name,
        cast(null as date) as proposed_on,
        cast(null as date) as starts_on,
        true as is_current

    union all

    select
        scenario_id,
        min(scenario_name) as scenario_name,
        min(proposed_on) as proposed_on,
        min(starts_on) as starts_on,
        false as is_current

    from {{ scenarios }}
    where scenario_id <> 'current'
    group by scenario_id
{%- endmacro %}
