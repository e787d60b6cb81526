{# What a logistic curve has reached at a place: between nothing and its ceiling. DOUBLE. #}
{% macro logistic(ceiling, height, slope, place) -%}
    cast({{ ceiling }} as double) / (1 + exp(-({{ height }} + {{ slope }} * {{ place }})))
{%- endmacro %}

{# A share to six places, as DECIMAL(18,6), which every engine rounds alike. #}
{% macro rounded_share(share) -%}
    cast(round({{ share }}, 6) as decimal(18, 6))
{%- endmacro %}

{# The mean of a logistic curve over three places, as DECIMAL(18,6). #}
{% macro three_months_of(ceiling, height, slope, places) -%}
    {{ rounded_share(
        '(' ~ logistic(ceiling, height, slope, '(' ~ places[0] ~ ')')
        ~ ' + ' ~ logistic(ceiling, height, slope, '(' ~ places[1] ~ ')')
        ~ ' + ' ~ logistic(ceiling, height, slope, '(' ~ places[2] ~ ')') ~ ') / 3'
    ) }}
{%- endmacro %}
