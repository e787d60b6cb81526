{# An amount in whole units with commas between thousands, as sentences give it: 4,960. #}
{% macro grouped_text(amount) -%}
    {{ return(adapter.dispatch('grouped_text')(amount)) }}
{%- endmacro %}

{% macro default__grouped_text(amount) -%}
    replace(format('{:,}', cast(round({{ amount }}, 0) as bigint)), '-', '−')
{%- endmacro %}

{% macro spark__grouped_text(amount) -%}
    replace(format_number(cast(round({{ amount }}, 0) as bigint), 0), '-', '−')
{%- endmacro %}
