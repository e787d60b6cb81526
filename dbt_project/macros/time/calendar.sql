{# First day of the calendar month of a date. #}
{% macro month_of(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{# First day of the calendar quarter of a date. #}
{% macro quarter_of(day) -%}
    cast(date_trunc('quarter', {{ day }}) as date)
{%- endmacro %}

{# The date a whole number of months later; a day the month lacks becomes its last. #}
{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch('add_months')(day, months)) }}
{%- endmacro %}

{% macro default__add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(day, months) -%}
    add_months({{ day }}, cast({{ months }} as integer))
{%- endmacro %}

{# The date a whole number of days later. #}
{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days')(day, days)) }}
{%- endmacro %}

{% macro default__add_days(day, days) -%}
    cast({{ day }} + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, cast({{ days }} as integer))
{%- endmacro %}

{# Whole calendar months from one first-of-month date to another. #}
{% macro months_between(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }}) as integer
    )
{%- endmacro %}

{# Whole days from one date to another. #}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    cast(date_diff('day', {{ earlier }}, {{ later }}) as integer)
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    cast(datediff({{ later }}, {{ earlier }}) as integer)
{%- endmacro %}

{# Days from one date to another as a plan prorates them: actual days, or months of 30 under `by_30_days`. #}
{% macro prorated_days(proration, earlier, later) -%}
    case
        when {{ proration }} = 'by_30_days' then {{ days_of_30_between(earlier, later) }}
        else {{ days_between(earlier, later) }}
    end
{%- endmacro %}

{# Days from one date to another with 30 in every month: the 31st counts as the 30th, the last of February as 30. #}
{% macro days_of_30_between(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 360
        + (extract(month from {{ later }}) - extract(month from {{ earlier }})) * 30
        + least(extract(day from {{ later }}), 30) - least(extract(day from {{ earlier }}), 30)
        as integer
    )
{%- endmacro %}

{# One row for each whole number from 0 up to, not including, a bound; the column is `n`. #}
{% macro numbers_below(bound) -%}
    {{ return(adapter.dispatch('numbers_below')(bound)) }}
{%- endmacro %}

{% macro default__numbers_below(bound) -%}
    select cast(range as integer) as n from range({{ bound }})
{%- endmacro %}

{% macro spark__numbers_below(bound) -%}
    select cast(id as integer) as n from range({{ bound }})
{%- endmacro %}
