{#
  How many times today's quantity a meter reaches that changes by a share of it a month, so many months of
  the trend on; never below 0. DECIMAL(18,6).
#}
{% macro trend_factor(growth_ratio, trend_months) -%}
    greatest(
        cast(1 + {{ rounded_product(trend_months, growth_ratio) }} as decimal(18, 6)),
        cast(0 as decimal(18, 6))
    )
{%- endmacro %}
