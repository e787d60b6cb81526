{# quantity * price as DECIMAL(38,12); the factors' types keep the product inside 38 digits. #}
{% macro exact_product(quantity, price) -%}
    cast(
        cast({{ quantity }} as decimal(20, 6)) * cast({{ price }} as decimal(18, 9))
        as decimal(38, 12)
    )
{%- endmacro %}
