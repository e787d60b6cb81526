select
    coalesce(min(uptake), 'all') as uptake,
    cast(max(max_increase_ratio) as varchar) as max_increase_ratio
from reference.scenarios
where scenario_id = $scenario_id
