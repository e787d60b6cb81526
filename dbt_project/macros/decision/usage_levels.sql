{# Usage responses to a higher unit price that are reported next to the assumed cases, one row each. #}
{% macro usage_levels() -%}
    select
        offered.usage_level,
        offered.usage_change_ratio
    from (
        values
        ('less_20', -0.2), ('less_10', -0.1), ('as_before', 0), ('more_10', 0.1), ('more_20', 0.2)
    ) as offered (usage_level, usage_change_ratio)
{%- endmacro %}

{# Months ahead for which they are reported. #}
{% macro is_usage_level_month(month_ahead) -%}
    {{ month_ahead }} between 1 and 12
{%- endmacro %}
