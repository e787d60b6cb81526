select
    strftime(month, '%Y-%m') as month,
    max(value) filter (where metric = 'nrr_12m' || $suffix) as nrr,
    max(value) filter (where metric = 'grr_12m' || $suffix) as grr,
    max(value) filter (where metric = 'logo_retention_12m' || $suffix) as logo_retention,
    max(accounts) as accounts_start,
    bool_or(is_small) as is_small
from marts.fct_slice_metrics
where
    slice = $slice and slice_value = $slice_value
    and list_contains(
        ['nrr_12m' || $suffix, 'grr_12m' || $suffix, 'logo_retention_12m' || $suffix],
        metric
    )
    and is_available
    and not is_provisional
group by month
order by month
