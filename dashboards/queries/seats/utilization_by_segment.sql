select
    segment,
    value,
    low,
    high,
    accounts,
    reason
from marts.fct_segment_metrics
where metric = 'utilization' and month = try_cast($month || '-01' as date)
order by segment = 'all', value nulls last, segment
