{# quantity * percentage / 100 as DECIMAL(38,12); the factors' types keep the product inside 38 digits. #}
{% macro exact_percentage(quantity, percentage) -%}
    cast(
        cast({{ quantity }} as decimal(20, 6))
        * cast(cast({{ percentage }} as decimal(18, 9)) * cast(0.01 as decimal(3, 2)) as decimal(18, 11))
        as decimal(38, 12)
    )
{%- endmacro %}
