{# Packages that a quantity needs: the quotient rounded up to a whole number; null without a size. #}
{% macro whole_packages(quantity, size) -%}
    {{ return(adapter.dispatch('whole_packages')(quantity, size)) }}
{%- endmacro %}

{% macro default__whole_packages(quantity, size) -%}
    cast(
        (
            cast({{ quantity }} * 1000000 as hugeint)
            + cast({{ size }} * 1000000 as hugeint)
            - 1
        ) // nullif(cast({{ size }} * 1000000 as hugeint), 0) as decimal(20, 6)
    )
{%- endmacro %}

{% macro spark__whole_packages(quantity, size) -%}
    cast(ceil({{ quantity }} / nullif({{ size }}, 0)) as decimal(20, 6))
{%- endmacro %}
