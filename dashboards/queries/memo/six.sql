with

closed as (

    select metrics.*
    from marts.fct_slice_metrics as metrics
    inner join marts.dim_settings as settings
        on metrics.month <= settings.last_closed_month
    where
        metrics.slice = $slice
        and metrics.slice_value = $slice_value
        and list_contains($in_order, metrics.metric)
        and metrics.month > settings.last_closed_month - interval 24 month

),

latest as (

    select *
    from closed
    qualify month = max(month) over ()

),

-- the last month that was closed when it was decided; without a decision, a year before
compared as (

    select
        closed.metric,
        closed.month,
        closed.value
    from closed
    inner join latest
        on closed.metric = latest.metric
    where
        closed.month = coalesce(
            date_trunc('month', cast($since as date)) - interval 1 month,
            latest.month - interval 12 month
        )

),

trends as (

    select
        closed.metric,
        array_agg(closed.value order by closed.month) as trend
    from closed
    inner join latest
        on closed.metric = latest.metric
    where closed.value is not null and closed.month > latest.month - interval 12 month
    group by closed.metric

)

select
    latest.metric,
    strftime(latest.month, '%Y-%m') as month,
    latest.value,
    latest.unit,
    latest.reason,
    latest.is_small,
    strftime(compared.month, '%Y-%m') as compared_month,
    latest.value - compared.value as change,
    trends.trend
from latest
left join compared on latest.metric = compared.metric
left join trends on latest.metric = trends.metric
order by array_position($in_order, latest.metric)
