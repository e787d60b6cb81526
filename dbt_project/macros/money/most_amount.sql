{# The most that a bill may be where its rise above the current one is capped, in whole minor units. #}
{% macro most_amount(current_amount, increase_ratio, minor_units) -%}
    {{ round_money(
        'cast(greatest(' ~ current_amount ~ ', 0) as decimal(19, 4))'
        ~ ' * cast(1 + ' ~ increase_ratio ~ ' as decimal(18, 9))',
        minor_units
    ) }}
{%- endmacro %}
