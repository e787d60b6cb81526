{# The anchor day's date in the month of a first-of-month date; in a shorter month, its last day. #}
{% macro anchor_date(month, anchor_day) -%}
    {{ add_days(month, 'least(' ~ anchor_day ~ ', extract(day from last_day(' ~ month ~ '))) - 1') }}
{%- endmacro %}

{# First day of the calendar month in which the anchor month of a date starts. #}
{% macro anchor_month(day, anchor_day) -%}
    case
        when {{ day }} >= {{ anchor_date(month_of(day), anchor_day) }} then {{ month_of(day) }}
        else {{ add_months(month_of(day), '-1') }}
    end
{%- endmacro %}
