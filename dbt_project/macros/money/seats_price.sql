{# The price of seats (at most six decimals) at a unit price (at most twelve), as DECIMAL(38,12). #}
{% macro seats_price(seats, price) -%}
    {{ return(adapter.dispatch('seats_price')(seats, price)) }}
{%- endmacro %}

{# A price below a million gives a product that needs no division. #}
{% macro default__seats_price(seats, price) -%}
    case
        when try_cast({{ price }} as decimal(18, 12)) = {{ price }}
            then
                cast(
                    round(
                        cast({{ seats }} as decimal(19, 6)) * cast({{ price }} as decimal(18, 12)), 12
                    ) as decimal(38, 12)
                )
        else
            {{ exact_ratio(price, 'cast(' ~ seats ~ ' * 1000000 as hugeint)', '1000000') }}
    end
{%- endmacro %}

{% macro spark__seats_price(seats, price) -%}
    cast(
        round(cast({{ seats }} as decimal(19, 6)) * cast({{ price }} as decimal(19, 12)), 12)
        as decimal(38, 12)
    )
{%- endmacro %}
