{#
  Exact money. DuckDB's decimal `/` and avg() are DOUBLE, so products are made first and
  divided once, in whole numbers of the twelfth decimal place, half away from zero.
#}

{# amount * numerator / denominator as DECIMAL(38,12); null where the denominator is null or zero. #}
{% macro exact_ratio(amount, numerator, denominator) -%}
    {{ return(adapter.dispatch('exact_ratio')(amount, numerator, denominator)) }}
{%- endmacro %}

{#
  sign() and abs() keep `//`, which cuts towards zero, symmetric. Most lines are due whole, and a share
  of one needs no division, which costs microseconds a row.
#}
{% macro default__exact_ratio(amount, numerator, denominator) -%}
    case
        when {{ numerator }} = {{ denominator }} and {{ denominator }} <> 0
            then cast({{ amount }} as decimal(38, 12))
        else
            cast(
                (
                    sign({{ amount }}) * sign({{ numerator }}) * sign({{ denominator }})
                    * (
                        (
                            2
                            * abs(
                                cast(
                                    cast({{ amount }} as decimal(38, 12)) * 1000000000000
                                    as hugeint
                                )
                            )
                            * abs(cast({{ numerator }} as hugeint))
                            + abs(cast({{ denominator }} as hugeint))
                        )
                        // nullif(2 * abs(cast({{ denominator }} as hugeint)), 0)
                    )
                ) as decimal(38, 0)
            ) * cast(0.000000000001 as decimal(13, 12))
    end
{%- endmacro %}

{% macro spark__exact_ratio(amount, numerator, denominator) -%}
    cast(
        round(
            cast({{ amount }} as decimal(26, 12)) * cast({{ numerator }} as decimal(11, 0))
            / nullif(cast({{ denominator }} as decimal(11, 0)), 0),
            12
        ) as decimal(38, 12)
    )
{%- endmacro %}

{# The amount rounded half away from zero to a currency's minor units, as DECIMAL(18,4). #}
{% macro round_money(amount, minor_units) -%}
    {# each branch is cast by itself: a case over several scales takes the first one's #}
    case {{ minor_units }}
        when 0 then cast(round({{ amount }}, 0) as decimal(18, 4))
        when 3 then cast(round({{ amount }}, 3) as decimal(18, 4))
        else cast(round({{ amount }}, 2) as decimal(18, 4))
    end
{%- endmacro %}

{# numerator / denominator of two decimals as DECIMAL(18,6), half away from zero; null on zero. #}
{% macro ratio(numerator, denominator) -%}
    {{ return(adapter.dispatch('ratio')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__ratio(numerator, denominator) -%}
    cast(
        cast(
            sign({{ numerator }}) * sign({{ denominator }})
            * (
                (
                    2 * abs(cast(cast({{ numerator }} as decimal(38, 6)) * 1000000 as hugeint)) * 1000000
                    + abs(cast(cast({{ denominator }} as decimal(38, 6)) * 1000000 as hugeint))
                )
                // nullif(2 * abs(cast(cast({{ denominator }} as decimal(38, 6)) * 1000000 as hugeint)), 0)
            ) as decimal(38, 0)
        ) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)
    )
{%- endmacro %}

{% macro spark__ratio(numerator, denominator) -%}
    cast(
        round(
            cast({{ numerator }} as decimal(26, 6)) / nullif(cast({{ denominator }} as decimal(26, 6)), 0), 6
        ) as decimal(18, 6)
    )
{%- endmacro %}
