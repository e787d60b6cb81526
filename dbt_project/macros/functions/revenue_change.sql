{# What a proposal bills more or less than today, as a share of today; as the measures of a proposal have it. #}
{% macro revenue_change_function() -%}
    case
        when current_amount > 0 then {{ ratio('(proposed_amount - current_amount)', 'current_amount') }}
    end
{%- endmacro %}
