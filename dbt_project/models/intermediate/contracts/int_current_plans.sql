with

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

-- a month belongs to a contract in force on any of its days
covered as (

    select
        anchor_months.account_id,
        anchor_months.month,
        contracts.plan_id,
        contracts.plan_currency,
        contracts.started_on,
        contracts.contract_id,
        greatest(anchor_months.period_start, contracts.started_on) as service_start,
        least(anchor_months.period_end, contracts.ended_on) as service_end,
        anchor_months.period_end

    from anchor_months

    inner join contracts
        on
            anchor_months.account_id = contracts.account_id
            and anchor_months.period_end > contracts.started_on
            and (contracts.ended_on is null or anchor_months.period_start < contracts.ended_on)

),

-- the earliest of several contracts determines the account's plan
summed_up as (

    select
        account_id,
        month,
        min_by(plan_id, concat(cast(started_on as varchar), contract_id)) as plan_id,
        min_by(plan_currency, concat(cast(started_on as varchar), contract_id)) as plan_currency,
        min(service_start) as service_start,
        max(coalesce(service_end, period_end)) as service_end

    from covered
    group by account_id, month

),

described as (

    select
        summed_up.account_id,
        summed_up.month,
        summed_up.plan_id,
        plans.plan_name,
        coalesce(summed_up.plan_currency, accounts.currency) as currency,
        accounts.segment as segment,
        summed_up.service_start,
        summed_up.service_end

    from summed_up

    left join plans
        on summed_up.plan_id = plans.plan_id

    inner join accounts
        on summed_up.account_id = accounts.account_id

)

select * from described
