{# The anchor day's date in the month of a first-of-month date; a month without it gives its last day. #}
{% macro anchor_date(month, anchor_day) -%}
    {{ add_days(month, 'least(' ~ anchor_day ~ ', extract(day from last_day(' ~ month ~ '))) - 1') }}
{%- endmacro %}
