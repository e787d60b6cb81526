select
    compared.name as segment,
    value,
    cast(null as decimal(18, 6)) as low,
    cast(null as decimal(18, 6)) as high,
    accounts,
    reason
from marts.fct_slice_metrics as metrics
inner join compared_slices($names, $slices, $slice_values) as compared
    on metrics.slice = compared.slice and metrics.slice_value = compared.slice_value
where
    metric = $metric
    and month = try_cast($month || '-01' as date)
order by compared.name = 'all', value nulls last, compared.name
