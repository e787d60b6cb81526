{# Whole seconds from one timestamp to another. #}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    cast(date_diff('second', {{ earlier }}, {{ later }}) as bigint)
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    cast(unix_timestamp({{ later }}) - unix_timestamp({{ earlier }}) as bigint)
{%- endmacro %}
