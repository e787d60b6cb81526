{# An amount at a rate, rounded once to four places of the reporting currency, as DECIMAL(18,4). #}
{% macro converted_money(amount, rate) -%}
    {# most amounts are already in the reporting currency; rounding a wide product takes a microsecond #}
    case
        when {{ rate }} = 1 then cast({{ amount }} as decimal(18, 4))
        else
            cast(
                round(
                    cast({{ amount }} as decimal(18, 4)) * cast({{ rate }} as decimal(20, 9)), 4
                ) as decimal(18, 4)
            )
    end
{%- endmacro %}
