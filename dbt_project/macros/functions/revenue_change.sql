{# The change of billed revenue under a proposal, as a share of today's, defined as in a proposal's measures. #}
{% macro revenue_change_function() -%}
    case
        when current_amount > 0 then {{ ratio('(proposed_amount - current_amount)', 'current_amount') }}
    end
{%- endmacro %}
