select
    strftime(versions.month, '%Y-%m') as month,
    versions.rates_from,
    versions.accounts,
    versions.revenue,
    versions.cost,
    versions.margin_ratio as value,
    costs.value as cost_as_it_was,
    margins.value as as_it_was,
    versions.is_small,
    versions.reason
from marts.fct_cost_versions as versions
left join marts.fct_slice_metrics as margins
    on
        margins.slice = $slice and margins.slice_value = versions.segment
        and margins.metric = 'gross_margin' and margins.month = versions.month
left join marts.fct_slice_metrics as costs
    on
        costs.slice = $slice and costs.slice_value = versions.segment
        and costs.metric = 'cost_to_serve' and costs.month = versions.month
where versions.segment = $segment and versions.rates_from = cast($rates_from as date)
order by versions.month
