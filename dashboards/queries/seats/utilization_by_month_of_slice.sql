select
    strftime(month, '%Y-%m') as month,
    value,
    cast(null as decimal(18, 6)) as low,
    cast(null as decimal(18, 6)) as high,
    numerator,
    denominator,
    accounts,
    is_available,
    reason
from marts.fct_slice_metrics
where
    metric = $metric and slice = $slice and slice_value = $slice_value
    and not is_provisional
order by month
