{# Place of the lower end of an interval among a number of ordered draws; its mirror is the upper end.
   Below it lies the share `tail` of the draws: a tenth, for the 80 % interval that limits and verdicts use. #}
{% macro low_place(draws, tail='0.1') -%}
    cast(ceil({{ draws }} * {{ tail }}) as integer)
{%- endmacro %}

{# Months of history that a metric looks back on before the month itself. #}
{% macro history_months(metric) -%}
    case {{ metric }}
        when 'automation_rise_6m' then 6
        when 'seat_change_3m' then 3
        when 'seat_growth_vs_year_ago' then 15
        when 'expansion_rate_3m' then 2
        when 'expansion_vs_year_ago' then 14
        else 0
    end
{%- endmacro %}
