{#
  Start of a UTC timestamp's quarter hour. No zone has moved its clocks by anything
  but quarter hours since 1972, so all of a quarter hour is on one local day.
#}
{% macro quarter_hour(moment) -%}
    {{ return(adapter.dispatch('quarter_hour')(moment)) }}
{%- endmacro %}

{% macro default__quarter_hour(moment) -%}
    time_bucket(to_minutes(15), {{ moment }})
{%- endmacro %}

{% macro spark__quarter_hour(moment) -%}
    timestamp_seconds(floor(unix_timestamp({{ moment }}) / 900) * 900)
{%- endmacro %}
