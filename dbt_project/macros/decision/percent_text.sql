{#
  A ratio as text for people: 0.0415 with one decimal is `4.2 %`. The minus sign is the
  typographic one; null stays null. `signed` writes a plus before what rounds above zero.
#}
{% macro percent_text(ratio, decimals=1, signed=false) -%}
    {{ decimal_text('(' ~ ratio ~ ') * 100', decimals, signed) }} || ' %'
{%- endmacro %}

{# A number as text with fixed decimals, rounded half away from zero; see percent_text. #}
{% macro decimal_text(number, decimals=1, signed=false) -%}
    {%- set rounded = 'cast(round(' ~ number ~ ', ' ~ decimals ~ ') as decimal(28, ' ~ decimals ~ '))' -%}
    {%- if signed -%}
    case when {{ rounded }} > 0 then '+' else '' end ||
    {%- endif %} replace(cast({{ rounded }} as {{ dbt.type_string() }}), '-', '−')
{%- endmacro %}
