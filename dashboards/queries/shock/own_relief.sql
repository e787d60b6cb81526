select
    count(*) filter (where is_shock) as shocked,
    count(*) filter (where is_shock_grandfathered) as shocked_at_first
from marts.fct_migration_shock
where scenario_id = $scenario_id and (segment = $segment or $segment = 'all')
