{# Texts of a group joined in an order of their own; joined_text orders them by themselves. #}
{% macro ordered_text(text, order_by, delimiter) -%}
    {{ return(adapter.dispatch('ordered_text')(text, order_by, delimiter)) }}
{%- endmacro %}

{% macro default__ordered_text(text, order_by, delimiter) -%}
    string_agg({{ text }}, {{ delimiter }} order by {{ order_by }})
{%- endmacro %}

{% macro spark__ordered_text(text, order_by, delimiter) -%}
    listagg({{ text }}, {{ delimiter }}) within group (order by {{ order_by }})
{%- endmacro %}
