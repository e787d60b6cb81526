{# An amount at an exchange rate (a DECIMAL(18,9)), exact; null where either is. #}
{% macro converted(amount, rate) -%}
    {{ exact_ratio(
        amount, 'cast(cast(' ~ rate ~ ' as decimal(28, 9)) * 1000000000 as hugeint)', '1000000000'
    ) }}
{%- endmacro %}
