select
    step,
    is_level,
    amount,
    reason
from marts.fct_revenue_bridges
where segment = $segment and scenario_id = $scenario_id
order by place
