select
    waves.account_id,
    coalesce(accounts.account_name, waves.account_id) || ' · ' || waves.account_id as name
from marts.fct_rollout_waves as waves
left join marts.dim_accounts as accounts on waves.account_id = accounts.account_id
where
    waves.scenario_id = $scenario_id and waves.approach = $approach
    and waves.segment = $segment and waves.status = 'in_wave'
    and billed_in(waves.account_id, $currency)
order by waves.rollout_place
