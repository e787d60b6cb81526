select
    strftime(month, '%Y-%m') as month,
    metric,
    value,
    numerator,
    accounts,
    reason,
    unit,
    is_small,
    month = (select last_closed_month from marts.dim_settings) as is_latest
from marts.fct_slice_metrics
where
    slice = $slice and slice_value = $slice_value and list_contains($metrics, metric)
    and not is_provisional
    and month > (select last_closed_month - interval 12 month from marts.dim_settings)
order by metric, month
