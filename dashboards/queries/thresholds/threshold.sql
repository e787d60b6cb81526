select fires_at
from marts.dim_thresholds
where name = $name and segment = $segment
