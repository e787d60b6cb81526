-- A row is an account and meter whose monthly usage is not the sum of its daily usage.
with

monthly as (

    select
        account_id,
        meter,
        sum(quantity) as quantity,
        sum(event_count) as event_count

    from {{ ref('fct_usage_monthly') }}

    group by account_id, meter

),

daily as (

    select
        account_id,
        meter,
        sum(quantity) as quantity,
        sum(event_count) as event_count

    from {{ ref('int_usage_daily') }}

    group by account_id, meter

)

select
    daily.account_id,
    daily.meter,
    daily.quantity as daily_quantity,
    monthly.quantity as monthly_quantity

from daily

left join monthly
    on
        daily.account_id = monthly.account_id
        and daily.meter = monthly.meter

where
    monthly.quantity is distinct from daily.quantity
    or monthly.event_count is distinct from daily.event_count
