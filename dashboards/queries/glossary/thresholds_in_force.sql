select
    name,
    fires_at,
    clears_at,
    direction,
    unit,
    valid_from,
    is_own_row
from marts.dim_thresholds
where segment = $segment
order by name
