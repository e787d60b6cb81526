{# A line's amount at another unit price, exact: amount * price / list_price, prices with nine decimals. #}
{% macro repriced(amount, price, list_price) -%}
    {{ exact_ratio(amount, billionths(price), billionths(list_price)) }}
{%- endmacro %}

{# A number of at most nine decimals in whole billionths. #}
{% macro billionths(number) -%}
    cast(cast({{ number }} as decimal(28, 9)) * 1000000000 as decimal(28, 0))
{%- endmacro %}
