select
    outcome,
    revenue_change,
    is_gain,
    count(*) filter (where is_gain) over () as gains,
    count(*) over () as outcomes
from marts.fct_scenario_outcomes
where scenario_id = $scenario_id and segment = $segment and "window" = 'trailing_3'
order by outcome
