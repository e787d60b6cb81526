select
    scenario_id,
    scenario_name,
    accounts,
    current_reporting,
    proposed_reporting,
    revenue_change,
    margin_change,
    keeps_margin
from marts.fct_segment_scenarios
where
    segment = $segment
    and "window" = 'trailing_12'
    and month = (select max(latest.month) from marts.fct_segment_scenarios as latest)
order by margin_change desc nulls last, scenario_id asc
