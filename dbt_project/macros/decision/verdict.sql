{#
  The five verdicts, first that holds. `is_trigger` has three values: null is an unavailable
  signal that could decide. Deciding again with one input changed is how a flip is found.
#}
{% macro verdict(is_hold, is_review, is_trigger, keeps_limits, is_ready) -%}
    case
        when {{ is_hold }} or {{ is_trigger }} is null then 'hold_data'
        when {{ is_review }} then 'review'
        when not ({{ is_trigger }}) or not ({{ keeps_limits }}) then 'not_yet'
        when {{ is_ready }} then 'migrate'
        else 'pilot'
    end
{%- endmacro %}

{# A verdict as it is printed. #}
{% macro verdict_text(verdict) -%}
    case {{ verdict }}
        when 'hold_data' then 'HOLD – DATA'
        when 'not_yet' then 'NOT YET'
        else upper({{ verdict }})
    end
{%- endmacro %}

{# high, medium or low; a value that is not known is low. `at_least` names the good side. #}
{% macro grade(value, high, medium, at_least=true) -%}
    {%- set side = '>=' if at_least else '<=' -%}
    case
        when {{ value }} {{ side }} {{ high }} then 'high'
        when {{ value }} {{ side }} {{ medium }} then 'medium'
        else 'low'
    end
{%- endmacro %}

{# 3 for high, 2 for medium, 1 for low: the weakest grade is the least. #}
{% macro grade_rank(grade) -%}
    case {{ grade }} when 'high' then 3 when 'medium' then 2 else 1 end
{%- endmacro %}
