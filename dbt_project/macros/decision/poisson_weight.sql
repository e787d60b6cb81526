{#
  Weight of an account in a bootstrap draw: Poisson(1), by inverting its distribution on the
  first 32 bits of an md5. The bounds are the distribution function times 2^32, cut to whole
  numbers, so that every engine, thread and run draws the same.
#}
{% macro poisson_weight(bits) -%}
    case
        when {{ bits }} < 1580030168 then 0
        when {{ bits }} < 3160060337 then 1
        when {{ bits }} < 3950075421 then 2
        when {{ bits }} < 4213413783 then 3
        when {{ bits }} < 4279248373 then 4
        when {{ bits }} < 4292415291 then 5
        when {{ bits }} < 4294609777 then 6
        when {{ bits }} < 4294923276 then 7
        when {{ bits }} < 4294962463 then 8
        when {{ bits }} < 4294966817 then 9
        when {{ bits }} < 4294967252 then 10
        when {{ bits }} < 4294967292 then 11
        else 12
    end
{%- endmacro %}

{# First 32 bits of the md5 of a text, as a BIGINT from 0 to 2^32 - 1. #}
{% macro md5_bits(text) -%}
    {{ return(adapter.dispatch('md5_bits')(text)) }}
{%- endmacro %}

{% macro default__md5_bits(text) -%}
    cast('0x' || substr(md5({{ text }}), 1, 8) as bigint)
{%- endmacro %}

{% macro spark__md5_bits(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 8), 16, 10) as bigint)
{%- endmacro %}
