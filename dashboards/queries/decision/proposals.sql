select
    scenarios.* exclude (
        revenue_change_low,
        revenue_change_high,
        shock_share_low,
        shock_share_high,
        keeps_limits,
        broken_limits
    ),
    scenarios.keeps_every_window as keeps_limits,
    scenarios.broken_in_windows as broken_limits,
    intervals.confidence_level,
    intervals.revenue_change_low,
    intervals.revenue_change_high,
    intervals.shock_share_low,
    intervals.shock_share_high
from marts.fct_segment_scenarios as scenarios
left join marts.fct_scenario_intervals as intervals
    on
        scenarios.segment = intervals.segment
        and scenarios.month = intervals.month
        and scenarios.scenario_id = intervals.scenario_id
        and scenarios.window = intervals.window
        and intervals.confidence_level = $level
where
    scenarios.segment = $segment
    and scenarios.is_deciding
    and scenarios.month = (select max(month) from marts.fct_segment_scenarios)
order by
    scenarios.limits_broken asc,
    scenarios.compared_change desc nulls last,
    scenarios.scenario_id asc
