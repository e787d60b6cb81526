with

latest as (

    select *
    from marts.fct_signals
    where segment = $segment
    qualify month = max(month) over ()

),

-- the trend of the metric that is shown now: a signal of two parts may have shown the other
trends as (

    select
        latest.signal,
        array_agg(metrics.value order by metrics.month) as trend
    from latest
    inner join marts.fct_segment_metrics as metrics
        on
            latest.metric = metrics.metric
            and latest.segment = metrics.segment
            and latest.month >= metrics.month
            and latest.month - interval 12 month < metrics.month
    where metrics.value is not null
    group by latest.signal

)

select
    latest.*,
    trends.trend
from latest
left join trends on latest.signal = trends.signal
order by array_position($in_order, latest.signal) nulls last, latest.signal
