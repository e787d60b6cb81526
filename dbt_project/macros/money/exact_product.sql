{# quantity * price as DECIMAL(38,12); the factors' types keep the product inside 38 digits. #}
{% macro exact_product(quantity, price) -%}
    {{ return(adapter.dispatch('exact_product')(quantity, price)) }}
{%- endmacro %}

{#
  A price of at most six places makes a product of twelve, which needs no rounding; taking three places off
  a 128-bit number costs a microsecond, or three as a bare cast.
#}
{% macro default__exact_product(quantity, price) -%}
    case
        when cast(cast({{ price }} as decimal(18, 9)) as decimal(18, 6)) = {{ price }}
            then
                cast({{ quantity }} as decimal(20, 6))
                * cast(cast({{ price }} as decimal(18, 9)) as decimal(18, 6))
        else
            cast(
                round(
                    cast({{ quantity }} as decimal(20, 6)) * cast({{ price }} as decimal(18, 9)),
                    12
                ) as decimal(38, 12)
            )
    end
{%- endmacro %}

{% macro spark__exact_product(quantity, price) -%}
    cast(
        cast({{ quantity }} as decimal(20, 6)) * cast({{ price }} as decimal(18, 9))
        as decimal(38, 12)
    )
{%- endmacro %}
