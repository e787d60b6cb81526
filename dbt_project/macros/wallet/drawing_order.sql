{#
  One number by which the credits of a wallet are drawn: priority, earliest end, free before paid, oldest,
  and then the grant's own place among the plan's, so that no two lots share it. Days are counted from
  2000-01-01 and have five places until 2273.
#}
{% macro drawing_order(priority_rank, ends_on, is_free, granted_on, series) -%}
    (
        cast({{ priority_rank }} as bigint) * 10000000000000
        + cast({{ days_between("date '2000-01-01'", ends_on) }} as bigint) * 100000000
        + case when {{ is_free }} then 0 else 10000000 end
        + {{ days_between("date '2000-01-01'", granted_on) }} * 100
        + {{ series }}
    )
{%- endmacro %}
