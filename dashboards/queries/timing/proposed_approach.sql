select
    approach,
    count(*) as accounts
from marts.fct_rollout_waves
where scenario_id = $scenario_id and segment = $segment and is_proposed
group by approach
order by accounts desc, approach asc
