{# The windows in which a proposal must keep its limits; what would have been is context. #}
{% macro is_limit_window(window_name) -%}
    {{ window_name }} <> 'trailing_12'
{%- endmacro %}

{# A window as sentences name it. #}
{% macro window_text(window_name) -%}
    case {{ window_name }}
        when 'first_bill' then 'first bill'
        when 'trailing_3' then 'last 3 months'
        when 'next_12' then 'next 12 months'
        else 'last 12 months'
    end
{%- endmacro %}

{# The window whose accounts and months count as evidence: what is. #}
{% macro is_evidence_window(window_name) -%}
    {{ window_name }} = 'trailing_3'
{%- endmacro %}
