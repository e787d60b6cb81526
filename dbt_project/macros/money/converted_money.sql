{# An amount at a rate, rounded once to four places of the reporting currency, as DECIMAL(18,4). #}
{% macro converted_money(amount, rate) -%}
    cast(
        round(
            cast({{ amount }} as decimal(18, 4)) * cast({{ rate }} as decimal(20, 9)), 4
        ) as decimal(18, 4)
    )
{%- endmacro %}
