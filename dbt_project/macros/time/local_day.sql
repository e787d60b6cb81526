{# Day of a UTC timestamp on the local calendar of an IANA zone. #}
{% macro local_day(utc, zone) -%}
    cast({{ local_time(utc, zone) }} as date)
{%- endmacro %}
