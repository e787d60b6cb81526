{#
  Products and shares that are rounded immediately. Rounding and dividing take a microsecond per row in 128
  bits and almost nothing in 64: values that fit use 64 bits, with the same digits.
#}

{# left * right, both of at most six places, rounded to six half away from zero, as DECIMAL(28,6). #}
{% macro rounded_product(left, right) -%}
    {{ return(adapter.dispatch('rounded_product')(left, right)) }}
{%- endmacro %}

{% macro default__rounded_product(left, right) -%}
    case
        when
            try_cast({{ left }} as decimal(11, 6)) = {{ left }}
            and try_cast({{ right }} as decimal(7, 6)) = {{ right }}
            then
                cast(
                    round(
                        cast({{ left }} as decimal(11, 6)) * cast({{ right }} as decimal(7, 6)), 6
                    ) as decimal(28, 6)
                )
        else cast(round({{ left }} * {{ right }}, 6) as decimal(28, 6))
    end
{%- endmacro %}

{% macro spark__rounded_product(left, right) -%}
    cast(
        round(cast({{ left }} as decimal(20, 6)) * cast({{ right }} as decimal(18, 6)), 6)
        as decimal(28, 6)
    )
{%- endmacro %}

{# An exact amount rounded to four places half away from zero, as DECIMAL(18,4). #}
{% macro rounded_amount(amount) -%}
    {{ return(adapter.dispatch('rounded_amount')(amount)) }}
{%- endmacro %}

{% macro default__rounded_amount(amount) -%}
    case
        when try_cast({{ amount }} as decimal(18, 12)) = {{ amount }}
            then cast(round(cast({{ amount }} as decimal(18, 12)), 4) as decimal(18, 4))
        else cast(round({{ amount }}, 4) as decimal(18, 4))
    end
{%- endmacro %}

{% macro spark__rounded_amount(amount) -%}
    cast(round({{ amount }}, 4) as decimal(18, 4))
{%- endmacro %}

{# An exact number of units rounded to six places half away from zero, as DECIMAL(20,6). #}
{% macro rounded_units(units) -%}
    {{ return(adapter.dispatch('rounded_units')(units)) }}
{%- endmacro %}

{% macro default__rounded_units(units) -%}
    case
        when try_cast({{ units }} as decimal(18, 12)) = {{ units }}
            then cast(round(cast({{ units }} as decimal(18, 12)), 6) as decimal(20, 6))
        else cast(round({{ units }}, 6) as decimal(20, 6))
    end
{%- endmacro %}

{% macro spark__rounded_units(units) -%}
    cast(round({{ units }}, 6) as decimal(20, 6))
{%- endmacro %}

{# One of n equal parts of an amount, rounded to four places half away from zero, as DECIMAL(18,4). #}
{% macro equal_part(amount, parts) -%}
    {{ return(adapter.dispatch('equal_part')(amount, parts)) }}
{%- endmacro %}

{% macro default__equal_part(amount, parts) -%}
    case
        when {{ parts }} = 1 then cast({{ amount }} as decimal(18, 4))
        when try_cast({{ amount }} as decimal(13, 4)) = {{ amount }}
            then
                cast(
                    cast(
                        cast(sign({{ amount }}) as bigint)
                        * (
                            (
                                2 * cast(abs(cast({{ amount }} as decimal(13, 4))) * 10000 as bigint)
                                + {{ parts }}
                            )
                            // (2 * {{ parts }})
                        ) as decimal(18, 0)
                    ) * cast(0.0001 as decimal(5, 4)) as decimal(18, 4)
                )
        else cast(round({{ exact_ratio(amount, '1', parts) }}, 4) as decimal(18, 4))
    end
{%- endmacro %}

{% macro spark__equal_part(amount, parts) -%}
    cast(
        round(cast({{ amount }} as decimal(18, 4)) / cast({{ parts }} as decimal(11, 0)), 4)
        as decimal(18, 4)
    )
{%- endmacro %}
