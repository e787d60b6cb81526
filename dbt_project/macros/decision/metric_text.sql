{# A metric's value as people read it, by its unit: ratios in percent, points with their sign. #}
{% macro metric_text(value, unit, metric) -%}
    case
        when {{ metric }} = 'seat_change_3m' then {{ percent_text(value, 1, signed=true) }}
        when {{ unit }} = 'points' then {{ decimal_text('(' ~ value ~ ') * 100', 1, signed=true) }} || ' points'
        when {{ unit }} = 'ratio' then {{ percent_text(value, 1) }}
        when {{ unit }} = 'months' then {{ decimal_text(value, 0) }}
        else {{ decimal_text(value, 2) }}
    end
{%- endmacro %}

{# The figure of a signal in words. #}
{% macro metric_phrase(metric, text, value_meter) -%}
    case {{ metric }}
        when 'automation_rise_6m' then 'automation share changed by ' || {{ text }} || ' in 6 months'
        when 'automation_share' then 'automation does ' || {{ text }} || ' of ' || {{ value_meter }}
        when 'seat_change_3m' then 'billable seats changed by ' || {{ text }} || ' in 3 months'
        when 'seat_growth_vs_year_ago' then 'seat growth is ' || {{ text }} || ' of a year ago'
        when 'expansion_rate_3m' then 'expansion MRR is ' || {{ text }} || ' a month'
        when 'expansion_vs_year_ago' then 'expansion MRR is ' || {{ text }} || ' of a year ago'
        when 'utilization' then {{ text }} || ' of billable seats are active'
        when 'seats_work_correlation' then 'rank correlation of seats with work is ' || {{ text }}
        when 'seats_work_falling_months' then 'rank correlation of seats with work has fallen for ' || {{ text }} || ' months'
        when 'exposed_share' then {{ text }} || ' of accounts cost more than they pay'
        when 'discount_leakage' then {{ text }} || ' of list price is lost to discounts'
        when 'shock_ticket_share' then {{ text }} || ' of invoiced accounts filed a billing ticket'
    end
{%- endmacro %}

{# A metric's name in a sentence. #}
{% macro metric_label(metric) -%}
    case {{ metric }}
        when 'automation_rise_6m' then 'the 6-month rise of automation'
        when 'automation_share' then 'automation share'
        when 'seat_change_3m' then 'the 3-month seat change'
        when 'seat_growth_vs_year_ago' then 'seat growth against a year ago'
        when 'expansion_rate_3m' then 'monthly expansion'
        when 'expansion_vs_year_ago' then 'expansion against a year ago'
        when 'utilization' then 'utilization'
        else {{ metric }}
    end
{%- endmacro %}

{# A signal's figure in brackets after its name; nothing where it is not available. #}
{% macro figure_text() -%}
    coalesce(
        ' (' || {{ metric_text('value', 'unit', 'metric') }}
        || case when is_over and not is_firing then ', too briefly' else '' end || ')',
        ''
    )
{%- endmacro %}
