{# A month as people write it, by its first day: Sep 2026. #}
{% macro month_text(month) -%}
    {{ return(adapter.dispatch('month_text')(month)) }}
{%- endmacro %}

{% macro default__month_text(month) -%}
    strftime({{ month }}, '%b %Y')
{%- endmacro %}

{% macro spark__month_text(month) -%}
    date_format({{ month }}, 'MMM yyyy')
{%- endmacro %}
