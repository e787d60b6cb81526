select
    slice_value as plan_id,
    accounts,
    cast(null as decimal(38, 6)) as billable_seats,
    cast(null as decimal(38, 6)) as active_seats,
    value,
    reason
from marts.fct_slice_metrics
where
    metric = $metric and slice = 'plan' and month = try_cast($month || '-01' as date)
    and $segment = 'all' and $currency = 'all'
order by value nulls last, slice_value
