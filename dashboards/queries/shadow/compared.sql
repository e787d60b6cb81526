select
    scenario_id,
    scenario_name,
    accounts,
    current_reporting,
    proposed_reporting,
    proposed_reporting - current_reporting as difference_reporting,
    revenue_change,
    revenue_change_low,
    revenue_change_high,
    winner_count,
    loser_count,
    shock_share,
    extra_churn,
    margin_change,
    keeps_limits,
    broken_limits
from marts.fct_segment_scenarios
where
    segment = $segment
    and list_contains($scenario_ids, scenario_id)
    and "window" = 'trailing_12'
qualify month = max(month) over (partition by scenario_id)
order by revenue_change desc nulls last, scenario_id asc
