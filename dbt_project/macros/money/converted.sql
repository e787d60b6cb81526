{# An amount at an exchange rate (a DECIMAL(18,9)), exact to twelve places; null if either is. #}
{% macro converted(amount, rate) -%}
    {{ return(adapter.dispatch('converted')(amount, rate)) }}
{%- endmacro %}

{# Most amounts are already in the reporting currency; amounts below a million need no division. #}
{% macro default__converted(amount, rate) -%}
    case
        when {{ rate }} = 1 then cast({{ amount }} as decimal(38, 12))
        when try_cast({{ amount }} as decimal(18, 12)) = {{ amount }}
            then
                cast(
                    round(
                        cast({{ amount }} as decimal(18, 12)) * cast({{ rate }} as decimal(20, 9)), 12
                    ) as decimal(38, 12)
                )
        else
            {{ exact_ratio(
                amount, 'cast(cast(' ~ rate ~ ' as decimal(28, 9)) * 1000000000 as hugeint)', '1000000000'
            ) }}
    end
{%- endmacro %}

{% macro spark__converted(amount, rate) -%}
    cast(
        round(cast({{ amount }} as decimal(20, 12)) * cast({{ rate }} as decimal(18, 9)), 12)
        as decimal(38, 12)
    )
{%- endmacro %}
