{#
  A metered quantity in the units of its charge, as DECIMAL(28,6): divided by `divide_by` (null counts as 1),
  then rounded to whole units `up`, `down` or to the `nearest`, half away from zero; if `rounding` is null, to
  six places.
#}
{% macro converted_units(quantity, divide_by, rounding) -%}
    {{ return(adapter.dispatch('converted_units')(quantity, divide_by, rounding)) }}
{%- endmacro %}

{# Divided once, in whole millionths; `//` cuts towards zero, so the sign is kept apart. #}
{% macro default__converted_units(quantity, divide_by, rounding) -%}
    {%- set units -%} abs(cast({{ quantity }} * 1000000 as hugeint)) {%- endset -%}
    {%- set divisor -%} cast(coalesce({{ divide_by }}, 1) * 1000000 as hugeint) {%- endset -%}
    case
        when {{ divide_by }} is null and {{ rounding }} is null
            then cast({{ quantity }} as decimal(28, 6))
        else
            cast(
                cast(
                    sign({{ quantity }})
                    * case
                        when {{ rounding }} = 'nearest'
                            then (2 * {{ units }} + {{ divisor }}) // (2 * {{ divisor }}) * 1000000
                        when ({{ rounding }} = 'up') = ({{ quantity }} > 0)
                            then ({{ units }} + {{ divisor }} - 1) // {{ divisor }} * 1000000
                        when {{ rounding }} is not null
                            then {{ units }} // {{ divisor }} * 1000000
                        else (2000000 * {{ units }} + {{ divisor }}) // (2 * {{ divisor }})
                    end as decimal(28, 0)
                ) * cast(0.000001 as decimal(7, 6)) as decimal(28, 6)
            )
    end
{%- endmacro %}

{% macro spark__converted_units(quantity, divide_by, rounding) -%}
    {%- set quotient -%}
        cast({{ quantity }} as decimal(20, 6))
        / cast(coalesce({{ divide_by }}, 1) as decimal(19, 6))
    {%- endset -%}
    cast(
        case {{ rounding }}
            when 'up' then ceil({{ quotient }})
            when 'down' then floor({{ quotient }})
            when 'nearest' then round({{ quotient }}, 0)
            else round({{ quotient }}, 6)
        end as decimal(28, 6)
    )
{%- endmacro %}
