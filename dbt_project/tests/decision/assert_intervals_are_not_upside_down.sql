-- a row is a figure whose 80 % interval ends before it starts, or has only one end
with

metrics as (

    select * from {{ ref('fct_segment_metrics') }}

),

scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

intervals as (

    select
        segment,
        month,
        metric as name,
        low,
        high

    from metrics

    union all

    select
        segment,
        month,
        scenario_id as name,
        revenue_change_low as low,
        revenue_change_high as high

    from scenarios

),

off as (

    select * from intervals

    where low > high or (low is null) <> (high is null)

)

select * from off
