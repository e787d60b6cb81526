select
    count(*) filter (where status = 'locked') as locked,
    count(*) filter (where status = 'left_out') as left_out
from marts.fct_rollout_waves
where
    scenario_id = $scenario_id and approach = $approach and segment = $segment
    and billed_in(account_id, $currency)
