{#
  Exact money. DuckDB's decimal `/` and avg() are DOUBLE, so amounts are multiplied first and divided once, in
  whole numbers of the twelfth decimal place, half away from zero.
#}

{# amount * numerator / denominator as DECIMAL(38,12); null if the denominator is null or zero. #}
{% macro exact_ratio(amount, numerator, denominator) -%}
    {{ return(adapter.dispatch('exact_ratio')(amount, numerator, denominator)) }}
{%- endmacro %}

{#
  sign() and abs() keep `//`, which cuts towards zero, symmetric. Most lines are due whole, and a share
  of one needs no division. 128-bit division costs microseconds a row and 64-bit division nearly nothing,
  so an amount of at most six places and under a million that becomes no larger, or no more than nine times
  as large as parts of at most 10^8, is divided in 64 bits, the quotient apart from the remainder: neither
  product reaches 9 * 10^18. The rest uses 128 bits, with the same digits. try_cast is null where a value
  does not fit, which no adaptive order of conditions can turn into an error.
#}
{% macro default__exact_ratio(amount, numerator, denominator) -%}
    {%- set narrow = 'try_cast(try_cast(' ~ amount ~ ' as decimal(18, 12)) as decimal(18, 6))' -%}
    {%- set trillionths -%}
        abs(cast({{ narrow }} * 1000000 as bigint)) * 1000000
    {%- endset -%}
    case
        when {{ numerator }} = {{ denominator }} and {{ denominator }} <> 0
            then cast({{ amount }} as decimal(38, 12))
        when
            {{ narrow }} = {{ amount }}
            and {{ denominator }} between 1 and 2000000000
            and (
                abs(try_cast({{ numerator }} as bigint)) <= try_cast({{ denominator }} as bigint)
                or {{ denominator }} <= 100000000
                and abs(try_cast({{ numerator }} as bigint)) // 9
                < try_cast({{ denominator }} as bigint)
            )
            then
                cast(
                    (
                        cast(sign({{ amount }}) * sign({{ numerator }}) as bigint)
                        * (
                            ({{ trillionths }}) // cast({{ denominator }} as bigint)
                            * abs(cast({{ numerator }} as bigint))
                            + (
                                2
                                * (({{ trillionths }}) % cast({{ denominator }} as bigint))
                                * abs(cast({{ numerator }} as bigint))
                                + cast({{ denominator }} as bigint)
                            )
                            // (2 * cast({{ denominator }} as bigint))
                        )
                    ) as decimal(38, 0)
                ) * cast(0.000000000001 as decimal(13, 12))
        else
            cast(
                (
                    sign({{ amount }}) * sign({{ numerator }}) * sign({{ denominator }})
                    * (
                        (
                            2
                            * abs(
                                cast(
                                    round(
                                        cast({{ amount }} as decimal(38, 12)) * 1000000000000, 0
                                    ) as hugeint
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

{# (first * first_numerator + second * second_numerator) / denominator as DECIMAL(38,12), divided once. #}
{% macro exact_ratio_of_two(first, first_numerator, second, second_numerator, denominator) -%}
    {{ exact_ratio(
        '(' ~ exact_share(first, first_numerator) ~ ' + '
        ~ exact_share(second, second_numerator) ~ ')',
        '1',
        denominator
    ) }}
{%- endmacro %}

{# An amount of a period times the days or seconds of a part of it; the types keep it inside 38 digits. #}
{% macro exact_share(amount, numerator) -%}
    cast(
        cast({{ amount }} as decimal(26, 12)) * cast({{ numerator }} as decimal(11, 0))
        as decimal(37, 12)
    )
{%- endmacro %}

{# The amount rounded half away from zero to a currency's minor units, as DECIMAL(18,4). #}
{% macro round_money(amount, minor_units) -%}
    {{ return(adapter.dispatch('round_money')(amount, minor_units)) }}
{%- endmacro %}

{# Rounding takes a microsecond in 128 bits and almost nothing in 64, in which most amounts fit. #}
{% macro default__round_money(amount, minor_units) -%}
    case
        when try_cast({{ amount }} as decimal(18, 12)) = {{ amount }}
            then {{ rounded_to_minor_units('cast(' ~ amount ~ ' as decimal(18, 12))', minor_units) }}
        else {{ rounded_to_minor_units(amount, minor_units) }}
    end
{%- endmacro %}

{% macro spark__round_money(amount, minor_units) -%}
    {{ rounded_to_minor_units(amount, minor_units) }}
{%- endmacro %}

{% macro rounded_to_minor_units(amount, minor_units) -%}
    {# each branch is cast separately: a case over several scales takes the first one's #}
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

{#
  As above: in 64 bits where both are whole, such as seconds, or money of at most four decimals, else in 128
  bits. A 128-bit number changes its scale in microseconds, so it is narrowed at its scale first.
#}
{% macro default__ratio(numerator, denominator) -%}
    {%- set above = 'try_cast(' ~ numerator ~ ' as decimal(18, 6))' -%}
    {%- set below = 'try_cast(' ~ denominator ~ ' as decimal(18, 6))' -%}
    case
        when
            try_cast({{ above }} as decimal(12, 0)) = {{ numerator }}
            and try_cast({{ below }} as decimal(12, 0)) = {{ denominator }}
            then
                {{ ratio_in_64_bits(
                    numerator,
                    denominator,
                    'abs(cast(' ~ above ~ ' as bigint))',
                    'abs(cast(' ~ below ~ ' as bigint))'
                ) }}
        when
            try_cast({{ above }} as decimal(12, 4)) = {{ numerator }}
            and try_cast({{ below }} as decimal(12, 4)) = {{ denominator }}
            then
                {{ ratio_in_64_bits(
                    numerator, denominator, ten_thousandths(above), ten_thousandths(below)
                ) }}
        else
            cast(
                cast(
                    sign({{ numerator }}) * sign({{ denominator }})
                    * (
                        (
                            2
                            * abs(cast(cast({{ numerator }} as decimal(38, 6)) * 1000000 as hugeint))
                            * 1000000
                            + abs(
                                cast(cast({{ denominator }} as decimal(38, 6)) * 1000000 as hugeint)
                            )
                        )
                        // nullif(
                            2
                            * abs(
                                cast(cast({{ denominator }} as decimal(38, 6)) * 1000000 as hugeint)
                            ),
                            0
                        )
                    ) as decimal(38, 0)
                ) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)
            )
    end
{%- endmacro %}

{# The ratio of two numbers given as whole parts of the same unit, below 10^12. #}
{% macro ratio_in_64_bits(numerator, denominator, parts, whole) -%}
    cast(
        cast(
            cast(sign({{ numerator }}) * sign({{ denominator }}) as bigint)
            * ((2 * {{ parts }} * 1000000 + {{ whole }}) // nullif(2 * {{ whole }}, 0))
            as decimal(18, 0)
        ) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)
    )
{%- endmacro %}

{# The size of a narrow amount in whole ten-thousandths. #}
{% macro ten_thousandths(amount) -%}
    cast(abs(cast({{ amount }} as decimal(12, 4))) * 10000 as bigint)
{%- endmacro %}

{% macro spark__ratio(numerator, denominator) -%}
    cast(
        round(
            cast({{ numerator }} as decimal(26, 6)) / nullif(cast({{ denominator }} as decimal(26, 6)), 0), 6
        ) as decimal(18, 6)
    )
{%- endmacro %}
