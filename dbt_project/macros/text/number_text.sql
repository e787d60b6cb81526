{# A decimal without trailing zeros, as people write it: 12, 0.5. #}
{% macro number_text(number) -%}
    {{ return(adapter.dispatch('number_text')(number)) }}
{%- endmacro %}

{% macro default__number_text(number) -%}
    rtrim(rtrim(cast(cast({{ number }} as decimal(28, 6)) as varchar), '0'), '.')
{%- endmacro %}

{% macro spark__number_text(number) -%}
    regexp_replace(cast(cast({{ number }} as decimal(28, 6)) as string), '\\.?0+$', '')
{%- endmacro %}

{# A unit price with the currency's decimals, or with all of its own if it has more. #}
{% macro price_text(price, minor_units='2') -%}
    {{ return(adapter.dispatch('price_text')(price, minor_units)) }}
{%- endmacro %}

{% macro default__price_text(price, minor_units) -%}
    case
        when {{ minor_units }} = 0 and {{ price }} = round({{ price }}, 0)
            then cast(cast({{ price }} as decimal(18, 0)) as varchar)
        when {{ minor_units }} = 3 and {{ price }} = round({{ price }}, 3)
            then cast(cast({{ price }} as decimal(18, 3)) as varchar)
        when {{ price }} = round({{ price }}, 2)
            then cast(cast({{ price }} as decimal(18, 2)) as varchar)
        else rtrim(cast(cast({{ price }} as decimal(18, 9)) as varchar), '0')
    end
{%- endmacro %}

{% macro spark__price_text(price, minor_units) -%}
    case
        when {{ minor_units }} = 0 and {{ price }} = round({{ price }}, 0)
            then cast(cast({{ price }} as decimal(18, 0)) as string)
        when {{ minor_units }} = 3 and {{ price }} = round({{ price }}, 3)
            then cast(cast({{ price }} as decimal(18, 3)) as string)
        when {{ price }} = round({{ price }}, 2)
            then cast(cast({{ price }} as decimal(18, 2)) as string)
        else regexp_replace(cast(cast({{ price }} as decimal(18, 9)) as string), '0+$', '')
    end
{%- endmacro %}
