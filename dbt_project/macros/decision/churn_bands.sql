{#
  A query with one row per rise of the bill (middle case of churn_assumptions.csv): the extra churn that is
  assumed from that rise up to the next. A rise belongs to the highest band that it reaches.
#}
{% macro churn_bands(assumptions) -%}
    select
        increase_over,
        lead(increase_over) over (order by increase_over) as next_increase_over,
        extra_churn_ratio

    from {{ assumptions }}
    where assumption_case = 'middle'
{%- endmacro %}
