select
    cast(cast(100 * max(max_increase_ratio) as decimal(18, 4)) as varchar) as percents,
    cast(max(max_increase_periods) as varchar) as periods
from reference.scenarios
where scenario_id = $scenario_id
