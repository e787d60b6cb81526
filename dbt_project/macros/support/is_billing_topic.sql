{#
  Whether a text (topic or tags) is about billing or pricing: it has one of these words, whole and in
  any case. A word that only contains one (`rechargeable`) does not count.
#}
{% macro is_billing_topic(text) -%}
    {{ return(adapter.dispatch('is_billing_topic')(text, billing_words())) }}
{%- endmacro %}

{% macro billing_words() -%}
    {{ return(
        '(^|[^a-z])(bill(s|ed|ing)?|invoic(e|es|ed|ing)|pric(e|es|ed|ing)|overages?'
        ~ '|charg(e|es|ed|ing)|refund(s|ed)?|payments?)([^a-z]|$)'
    ) }}
{%- endmacro %}

{% macro default__is_billing_topic(text, words) -%}
    coalesce(regexp_matches(lower({{ text }}), '{{ words }}'), false)
{%- endmacro %}

{% macro spark__is_billing_topic(text, words) -%}
    coalesce(lower({{ text }}) rlike '{{ words }}', false)
{%- endmacro %}
