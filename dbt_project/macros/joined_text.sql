{# The texts of a group joined by commas, in alphabetical order. #}
{% macro joined_text(column) -%}
    {{ return(adapter.dispatch('joined_text')(column)) }}
{%- endmacro %}

{% macro default__joined_text(column) -%}
    string_agg({{ column }}, ', ' order by {{ column }})
{%- endmacro %}

{% macro spark__joined_text(column) -%}
    array_join(array_sort(collect_list({{ column }})), ', ')
{%- endmacro %}
