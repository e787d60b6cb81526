{#
  Pearson's correlation of whole numbers from their exact sums, as DECIMAL(18,6); null where
  either side does not vary. Only the last step, root and quotient, leaves exact numbers: both are
  correctly rounded by IEEE 754, so engines agree before the cut to six decimals.
#}
{% macro rank_correlation(n, x, y, xx, yy, xy) -%}
    {{ return(adapter.dispatch('rank_correlation')(n, x, y, xx, yy, xy)) }}
{%- endmacro %}

{% macro default__rank_correlation(n, x, y, xx, yy, xy) -%}
    cast(
        round(
            cast({{ n }} * {{ xy }} - {{ x }} * {{ y }} as double)
            / nullif(
                sqrt(cast({{ n }} * {{ xx }} - {{ x }} * {{ x }} as double))
                * sqrt(cast({{ n }} * {{ yy }} - {{ y }} * {{ y }} as double)),
                0
            ),
            6
        ) as decimal(18, 6)
    )
{%- endmacro %}

{% macro whole_number_type() -%}
    {{ return(adapter.dispatch('whole_number_type')()) }}
{%- endmacro %}

{# Widest whole number of the engine: sums of squared ranks outgrow BIGINT. #}
{% macro default__whole_number_type() -%} hugeint {%- endmacro %}

{% macro spark__whole_number_type() -%} decimal(38, 0) {%- endmacro %}
