{# A part of a bill minus its share of the bill's discounts, exact to twelve decimals. #}
{% macro net_of_discount(amount) -%}
    {%- set net = money_parts('charged_amount + discount_amount') -%}
    {%- set charged = money_parts('charged_amount') -%}
    case
        when {{ net }} is not null and {{ charged }} is not null
            then {{ exact_ratio(amount, net, charged) }}
        else
            {{ exact_ratio(
                amount,
                'cast((charged_amount + discount_amount) * 10000 as hugeint)',
                'cast(charged_amount * 10000 as hugeint)'
            ) }}
    end
{%- endmacro %}

{# A column over the up to three preceding comparable bills, the window `comparable`. #}
{% macro bills_before(column) -%}
    {% for back in [1, 2, 3] -%}
    lag({{ column }}, {{ back }}) over comparable as {{ column }}_{{ back }}{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{#
  The median of what bills_before found, exact to four places; null where there are fewer than two.
#}
{% macro median_before(column) -%}
    {%- set before = [column ~ '_1', column ~ '_2', column ~ '_3'] -%}
    {%- set sum = 'coalesce(' ~ before | join(', 0) + coalesce(') ~ ', 0)' -%}
    case
        when {{ before | join(' + ') }} is not null
            then cast(
                {{ before | join(' + ') }}
                - least({{ before | join(', ') }})
                - greatest({{ before | join(', ') }}) as decimal(20, 6)
            )
        when
            coalesce(
                {{ before[0] }} + {{ before[1] }},
                {{ before[0] }} + {{ before[2] }},
                {{ before[1] }} + {{ before[2] }}
            ) is not null
            then cast(
                round(
                    {{ exact_ratio('cast(' ~ sum ~ ' as decimal(38, 12))', '1', '2') }}, 6
                ) as decimal(20, 6)
            )
    end
{%- endmacro %}

{#
  A change of units at the previous unit price: change * amount / units, exact to twelve places. Under
  100,000 units the numbers stay small.
#}
{% macro units_at_price(change, amount, units) -%}
    case
        when {{ change }} = 0 and {{ units }} <> 0 then cast(0 as decimal(38, 12))
        when {{ millionths(change) }} is not null and {{ millionths(units) }} is not null
            then {{ exact_ratio(amount, millionths(change), millionths(units)) }}
        else
            {{ exact_ratio(
                amount,
                'cast(' ~ change ~ ' * 1000000 as hugeint)',
                'cast(' ~ units ~ ' * 1000000 as hugeint)'
            ) }}
    end
{%- endmacro %}
