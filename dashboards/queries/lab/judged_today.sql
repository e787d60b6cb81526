select
    revenue_change,
    revenue_change_low,
    revenue_change_high,
    shock_share,
    extra_churn,
    margin_change,
    accounts,
    month,
    current_reporting,
    proposed_reporting,
    keeps_limits,
    broken_limits
from marts.fct_segment_scenarios
where scenario_id = $scenario_id and segment = $segment and "window" = 'trailing_3'
order by month desc
