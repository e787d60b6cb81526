select
    segment,
    scenario_id,
    scenario_name,
    moving_segments,
    movers,
    yearly_gain,
    yearly_gain_low,
    yearly_gain_high
from marts.fct_best_mix
order by segment = 'all', segment
