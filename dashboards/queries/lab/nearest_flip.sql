select
    increase_over,
    next_increase_over,
    assumed_churn,
    critical_churn,
    standing
from marts.fct_scenario_flips
where
    scenario_id = $scenario_id
    and segment = $segment
    and "window" = 'trailing_3'
    and is_nearest
