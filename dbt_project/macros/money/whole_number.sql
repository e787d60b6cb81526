{#
  A decimal of at most six places as a whole number, to compare with the decimal itself: another number, or
  null if it is too large, is not equal to it. Narrowed at its scale first, which a 128-bit number does in
  no time; a bare cast of one takes microseconds.
#}
{% macro whole_number(amount) -%}
    cast(try_cast({{ amount }} as decimal(18, 6)) as bigint)
{%- endmacro %}

{# A decimal of at most six places, under 100,000, in whole millionths; null if it is larger. #}
{% macro millionths(amount) -%}
    cast(try_cast(try_cast({{ amount }} as decimal(18, 6)) as decimal(11, 6)) * 1000000 as bigint)
{%- endmacro %}

{# Money of four places, under a billion, in whole ten-thousandths; null if it is larger. #}
{% macro money_parts(amount) -%}
    cast(try_cast(try_cast({{ amount }} as decimal(18, 4)) as decimal(13, 4)) * 10000 as bigint)
{%- endmacro %}
