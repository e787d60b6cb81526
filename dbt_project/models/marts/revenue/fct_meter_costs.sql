with

usage_costs as (

    select * from {{ ref('int_usage_costs') }}

),

usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

margins as (

    select * from {{ ref('fct_margins') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

worked as (

    select
        account_id,
        month,
        meter,
        sum(quantity) as quantity

    from usage_monthly

    group by account_id, month, meter

),

-- costs missing from the exports are unknown, not zero
described as (

    select
        worked.account_id,
        worked.month,
        worked.meter,
        margins.segment,
        accounts.region,
        accounts.plan_id,
        margins.currency,
        cast(worked.quantity as decimal(38, 6)) as quantity,
        case
            when coalesce(margins.reason, '') <> 'no cost_rates export'
                then cast(usage_costs.cost as decimal(38, 12))
        end as exact_cost,
        margins.is_provisional,
        case
            when margins.reason = 'no cost_rates export' then margins.reason
            when usage_costs.cost is null then 'no cost rate in force'
        end as reason

    from worked

    inner join usage_costs
        on
            worked.account_id = usage_costs.account_id
            and worked.month = usage_costs.month
            and worked.meter = usage_costs.meter

    inner join margins
        on
            worked.account_id = margins.account_id
            and worked.month = margins.month

    inner join accounts
        on worked.account_id = accounts.account_id

),

rounded as (

    select
        account_id,
        month,
        meter,
        segment,
        region,
        plan_id,
        currency,
        quantity,
        exact_cost,
        cast(round(exact_cost, 4) as decimal(18, 4)) as cost,
        is_provisional,
        reason

    from described

)

select * from rounded
