{#
  Rows of tiers.csv with the columns that price a quantity in a tier: `above`, the bound below the tier;
  `is_first`; `entered_above` and `left_above`, between which a quantity is in it; `entry_amount`, the price
  of a graduated charge at that bound, including the tier's flat amount; `flat_total`, the flat amounts up to it.
#}
{% macro tier_steps(tiers) -%}
    select
        bounded.*,
        case when bounded.is_first then -1 else bounded.above end as entered_above,
        coalesce(bounded.up_to, 99999999999999) as left_above,
        cast(
            coalesce(
                sum(
                    {{ units_price('bounded.up_to - bounded.above', 'bounded') }}
                    + bounded.flat_amount
                ) over (
                    partition by bounded.charge_id, bounded.valid_from
                    order by bounded.tier
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) + bounded.flat_amount as decimal(38, 12)
        ) as entry_amount,
        cast(
            sum(bounded.flat_amount) over (
                partition by bounded.charge_id, bounded.valid_from
                order by bounded.tier
                rows between unbounded preceding and current row
            ) as decimal(38, 12)
        ) as flat_total

    from (
        select
            charge_id,
            valid_from,
            tier,
            up_to,
            coalesce(unit_amount, 0) as unit_amount,
            coalesce(flat_amount, 0) as flat_amount,
            block_size,
            coalesce(
                lag(up_to) over (partition by charge_id, valid_from order by tier), 0
            ) as above,
            row_number() over (partition by charge_id, valid_from order by tier) = 1 as is_first

        from {{ tiers }}
    ) as bounded
{%- endmacro %}

{#
  Whether a quantity is in the tier: entered by any fraction above its lower bound, left above its upper one;
  zero is in the first.
#}
{% macro is_in_tier(quantity, step) -%}
    {{ quantity }} > {{ step }}.entered_above and {{ quantity }} <= {{ step }}.left_above
{%- endmacro %}

{# Units at the price of a tier, exact: each, or each block that they start. #}
{% macro units_price(quantity, step) -%}
    case
        when {{ step }}.block_size is null
            then {{ exact_product(quantity, step ~ '.unit_amount') }}
        else
            {{ exact_product(
                whole_packages('(' ~ quantity ~ ')', step ~ '.block_size'), step ~ '.unit_amount'
            ) }}
    end
{%- endmacro %}

{# The price of the quantity in the step's tier, as DECIMAL(38,12); null if the pricing has no tiers. #}
{% macro tier_price(pricing, quantity, step) -%}
    case {{ pricing }}
        when 'graduated'
            then
                {{ step }}.entry_amount
                + {{ units_price(quantity ~ ' - ' ~ step ~ '.above', step) }}
        when 'volume'
            then {{ units_price(quantity, step) }} + {{ step }}.flat_amount
    end
{%- endmacro %}

{#
  The price of a billable quantity for a whole period under any charge model except flat, as DECIMAL(38,12):
  the step is the quantity's, null if the pricing has no tiers.
#}
{% macro charge_price(pricing, billable, unit_amount, package_size, step) -%}
    case {{ pricing }}
        when 'per_unit' then {{ exact_product(billable, unit_amount) }}
        when 'percentage' then {{ exact_percentage(billable, unit_amount) }}
        when 'package'
            then {{ exact_product(whole_packages(billable, package_size), unit_amount) }}
        else {{ tier_price(pricing, billable, step) }}
    end
{%- endmacro %}

{# An amount limited by a minimum and a maximum; null means no bound. #}
{% macro bounded_price(amount, least_amount, most_amount) -%}
    case
        when {{ least_amount }} is null and {{ most_amount }} is null then {{ amount }}
        when {{ amount }} is not null
            then
                cast(
                    least(
                        greatest({{ amount }}, coalesce({{ least_amount }}, {{ amount }})),
                        coalesce(
                            {{ most_amount }},
                            greatest({{ amount }}, coalesce({{ least_amount }}, {{ amount }}))
                        )
                    ) as decimal(38, 12)
                )
    end
{%- endmacro %}
