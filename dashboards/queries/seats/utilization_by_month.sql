select
    strftime(month, '%Y-%m') as month,
    value,
    low,
    high,
    numerator,
    denominator,
    accounts,
    is_available,
    reason
from marts.fct_segment_metrics
where metric = 'utilization' and segment = $segment and not is_provisional
order by month
