with

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

usage_contracts as (

    select * from {{ ref('int_usage_contracts') }}

),

-- a day before the month's anchor belongs to the anchor month that began in the month before
placed as (

    select
        usage_daily.*,
        usage_contracts.contract_id,
        usage_contracts.is_known,
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

    inner join usage_contracts
        on
            usage_daily.account_id = usage_contracts.account_id
            and coalesce(usage_daily.subscription_id, '') = usage_contracts.named_contract_id
            and usage_daily.usage_date >= usage_contracts.valid_from
            and usage_daily.usage_date < usage_contracts.valid_to

),

summed_up as (

    select
        account_id,
        contract_id,
        is_known as is_contract_named,
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
        contract_id,
        is_known,
        month,
        meter,
        dimension,
        actor_type

)

select * from summed_up
