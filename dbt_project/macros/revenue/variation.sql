{#
  Coefficient of variation (standard deviation of the whole set ÷ mean) from a count and the exact
  sums of whole numbers and of their squares, as DECIMAL(18,6); null where the sum is not above 0.
  Only root and quotient leave exact numbers; IEEE 754 rounds both, so engines agree before the cut.
#}
{% macro variation(n, x, xx) -%}
    case
        when {{ x }} > 0
            then cast(
                round(
                    sqrt(cast({{ n }} * {{ xx }} - {{ x }} * {{ x }} as double))
                    / cast({{ x }} as double),
                    6
                ) as decimal(18, 6)
            )
    end
{%- endmacro %}

{# The value at the nearest rank: the ceil(share * n)-th of the n in order; null without any. #}
{% macro value_at_rank(column, share) -%}
    {{ return(adapter.dispatch('value_at_rank')(column, share)) }}
{%- endmacro %}

{% macro default__value_at_rank(column, share) -%}
    quantile_disc({{ column }}, {{ share }})
{%- endmacro %}

{% macro spark__value_at_rank(column, share) -%}
    percentile_disc({{ share }}) within group (order by {{ column }})
{%- endmacro %}
