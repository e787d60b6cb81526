-- a row is a signal, or one of its parts, that shows a month whose figure can still change
with

parts as (

    select * from {{ ref('fct_signal_parts') }}

),

signals as (

    select * from {{ ref('fct_signals') }}

),

segment_metrics as (

    select * from {{ ref('fct_segment_metrics') }}

),

shown as (

    select
        segment,
        metric,
        observed_month

    from parts

    union all

    select
        segment,
        metric,
        observed_month

    from signals

),

open_windows as (

    select shown.*

    from shown

    inner join segment_metrics
        on
            shown.segment = segment_metrics.segment
            and shown.metric = segment_metrics.metric
            and shown.observed_month = segment_metrics.month

    where segment_metrics.is_provisional

)

select * from open_windows
