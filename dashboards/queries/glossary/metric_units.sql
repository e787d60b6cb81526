select distinct
    metric,
    unit
from marts.fct_segment_metrics
