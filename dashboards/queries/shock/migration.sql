select
    scenario_id,
    scenario_name,
    segment,
    accounts,
    shock_share,
    shock_share_low,
    shock_share_high
from marts.fct_segment_scenarios
where
    "window" = 'trailing_12'
    and month = (select max(latest.month) from marts.fct_segment_scenarios as latest)
order by scenario_id, segment = 'all', segment
