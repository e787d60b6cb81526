-- a row is a month and metric in which the segments' numerators do not add up to that of `all`
with

metrics as (

    select * from {{ ref('fct_segment_metrics') }}

),

sums as (

    select
        month,
        metric,
        sum(case when segment = 'all' then numerator end) as all_numerator,
        sum(case when segment <> 'all' then numerator end) as segments_numerator,
        min(case when is_available then 1 else 0 end) as is_complete

    from metrics

    group by month, metric

),

off as (

    select * from sums

    where is_complete = 1 and all_numerator <> segments_numerator

)

select * from off
