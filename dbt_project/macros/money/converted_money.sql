{# An amount at a rate, rounded once to four places of the reporting currency, as DECIMAL(18,4). #}
{% macro converted_money(amount, rate) -%}
    {# most money already is in the reporting currency; rounding a wide product costs a microsecond #}
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
