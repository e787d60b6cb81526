{# Local wall-clock time of a UTC timestamp in an IANA zone. #}
{% macro local_time(utc, zone) -%}
    {{ return(adapter.dispatch('local_time')(utc, zone)) }}
{%- endmacro %}

{% macro default__local_time(utc, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ utc }}))
{%- endmacro %}

{% macro spark__local_time(utc, zone) -%}
    from_utc_timestamp({{ utc }}, {{ zone }})
{%- endmacro %}

{# UTC timestamp of a local wall-clock time (a date means its midnight) in an IANA zone. #}
{% macro utc_time(local, zone) -%}
    {{ return(adapter.dispatch('utc_time')(local, zone)) }}
{%- endmacro %}

{% macro default__utc_time(local, zone) -%}
    timezone('UTC', timezone({{ zone }}, cast({{ local }} as timestamp)))
{%- endmacro %}

{% macro spark__utc_time(local, zone) -%}
    to_utc_timestamp(cast({{ local }} as timestamp), {{ zone }})
{%- endmacro %}

{# Whole seconds from one local midnight to another, with the true length of days of a clock change. #}
{% macro local_seconds_between(earlier, later, zone) -%}
    {{ seconds_between(utc_time(earlier, zone), utc_time(later, zone)) }}
{%- endmacro %}
