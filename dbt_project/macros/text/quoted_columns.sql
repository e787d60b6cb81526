{# Columns as a list, quoted: a column may be named like a keyword. #}
{% macro quoted_columns(columns) -%}
    {%- set quoted = [] -%}
    {%- for column in columns %}{% do quoted.append(adapter.quote(column)) %}{% endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}
