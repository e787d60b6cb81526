{#
  A query of what each signal of the decision looks at: the metrics of a signal in order, whether the
  threshold itself fires (`is_at_least`), and whether the signal is one that triggers a proposal.
#}
{% macro signal_metrics() -%}
    {%- set metrics = [
        ('automation_rising', 'automation_rise_6m', 1, true, true),
        ('automation_rising', 'automation_share', 2, true, true),
        ('seat_growth_weak', 'seat_change_3m', 1, true, true),
        ('seat_growth_weak', 'seat_growth_vs_year_ago', 2, false, true),
        ('expansion_weak', 'expansion_rate_3m', 1, false, true),
        ('expansion_weak', 'expansion_vs_year_ago', 2, false, true),
        ('seats_idle', 'utilization', 1, false, true),
        ('seats_off_value', 'seats_work_correlation', 1, false, false),
        ('seats_off_value', 'seats_work_falling_months', 2, true, false),
        ('margin_exposed', 'exposed_share', 1, false, false),
        ('price_pressure', 'discount_leakage', 1, false, false),
        ('bills_disputed', 'shock_ticket_share', 1, false, false),
    ] -%}
    {%- for signal, metric, part, is_at_least, is_trigger in metrics %}
    select
        '{{ signal }}' as signal,
        '{{ metric }}' as metric,
        {{ part }} as part,
        {{ is_at_least | lower }} as is_at_least,
        {{ is_trigger | lower }} as is_trigger
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
