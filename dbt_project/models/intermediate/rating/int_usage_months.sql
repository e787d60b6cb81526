with

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

-- a day before the month's anchor belongs to the anchor month that began in the month before
placed as (

    select
        usage_daily.*,
        case
            when
                usage_daily.usage_date
                >= {{ anchor_date(month_of('usage_daily.usage_date'), 'anchors.anchor_day') }}
                then {{ month_of('usage_daily.usage_date') }}
            else {{ add_months(month_of('usage_daily.usage_date'), '-1') }}
        end as month

    from usage_daily

    inner join anchors
        on usage_daily.account_id = anchors.account_id

),

summed_up as (

    select
        account_id,
        coalesce(subscription_id, '') as contract_id,
        month,
        meter,
        dimension,
        actor_type,
        cast(sum(quantity) as decimal(38, 6)) as quantity,
        cast(sum(outcome_quantity) as decimal(38, 6)) as outcome_quantity,
        sum(event_count) as event_count

    from placed
    group by
        account_id,
        coalesce(subscription_id, ''),
        month,
        meter,
        dimension,
        actor_type

)

select * from summed_up
