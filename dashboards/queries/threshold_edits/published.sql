select
    fires_at,
    clears_at,
    direction,
    unit,
    is_own_row
from marts.dim_thresholds
where name = $name and segment = $segment
