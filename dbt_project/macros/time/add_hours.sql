{# The timestamp a whole number of hours later. #}
{% macro add_hours(moment, hours) -%}
    {{ return(adapter.dispatch('add_hours')(moment, hours)) }}
{%- endmacro %}

{% macro default__add_hours(moment, hours) -%}
    ({{ moment }} + to_hours({{ hours }}))
{%- endmacro %}

{% macro spark__add_hours(moment, hours) -%}
    timestampadd(hour, {{ hours }}, {{ moment }})
{%- endmacro %}
