{# A part of a bill less its share of the bill's discounts, to four places. #}
{% macro net_of_discount(amount) -%}
    cast(
        round(
            {{ exact_ratio(
                amount,
                'cast((charged_amount + discount_amount) * 10000 as hugeint)',
                'cast(charged_amount * 10000 as hugeint)'
            ) }}, 4
        ) as decimal(18, 4)
    )
{%- endmacro %}

{#
  The median of a column over the up to three comparable bills before, exact to four places; null
  where there are fewer than two. The window `before` names them.
#}
{% macro median_before(amount) -%}
    case count({{ amount }}) over comparable_before
        when 3
            then cast(
                sum({{ amount }}) over comparable_before
                - min({{ amount }}) over comparable_before
                - max({{ amount }}) over comparable_before as decimal(20, 6)
            )
        when 2
            then cast(
                round(
                    {{ exact_ratio(
                        'cast(sum(' ~ amount ~ ') over comparable_before as decimal(38, 12))',
                        '1',
                        '2'
                    ) }}, 6
                ) as decimal(20, 6)
            )
    end
{%- endmacro %}

{# A change of units at the price that a unit had: change * amount / units, to four places. #}
{% macro units_at_price(change, amount, units) -%}
    cast(
        round(
            {{ exact_ratio(
                amount,
                'cast(' ~ change ~ ' * 1000000 as hugeint)',
                'cast(' ~ units ~ ' * 1000000 as hugeint)'
            ) }}, 4
        ) as decimal(18, 4)
    )
{%- endmacro %}
