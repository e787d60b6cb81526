-- a row is a segment and closed month without a verdict
with

segments as (

    select * from {{ ref('int_segments') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

verdicts as (

    select * from {{ ref('fct_verdicts') }}

),

missing as (

    select
        segments.segment,
        calendar_months.month

    from segments

    cross join calendar_months

    left join verdicts
        on segments.segment = verdicts.segment and calendar_months.month = verdicts.month

    where not calendar_months.is_provisional and verdicts.segment is null

)

select * from missing
