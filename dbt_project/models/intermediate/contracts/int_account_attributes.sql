with

accounts as (

    select * from {{ ref('int_accounts') }}

),

account_revisions as (

    select * from {{ ref('stg_account_revisions') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

-- as in the accounts export when the month closed, else as first known
recorded as (

    select
        account_revisions.account_id,
        month_closes.month,
        max_by(account_revisions.segment, account_revisions.revision)
        filter (where account_revisions.recorded_at < month_closes.closed_at)
            as segment_then,
        min_by(account_revisions.segment, account_revisions.revision) as segment_first,
        max_by(account_revisions.region, account_revisions.revision)
        filter (where account_revisions.recorded_at < month_closes.closed_at)
            as region_then,
        min_by(account_revisions.region, account_revisions.revision) as region_first

    from account_revisions

    cross join month_closes

    group by account_revisions.account_id, month_closes.month

),

-- the plan in force on the month's last day, that of the earliest contract if there are several;
-- after the last contract, its plan; and the currency of that plan
contracted as (

    select
        contracts.account_id,
        month_closes.month,
        min_by(
            contracts.plan_id, concat(cast(contracts.started_on as varchar), contracts.contract_id)
        ) filter (
            where contracts.ended_on is null or contracts.ended_on > month_closes.measured_on
        ) as plan_in_force,
        max_by(
            contracts.plan_id, concat(cast(contracts.ended_on as varchar), contracts.contract_id)
        ) filter (where contracts.ended_on <= month_closes.measured_on) as plan_before,
        min_by(
            contracts.plan_currency,
            concat(cast(contracts.started_on as varchar), contracts.contract_id)
        ) filter (
            where contracts.ended_on is null or contracts.ended_on > month_closes.measured_on
        ) as currency_in_force,
        max_by(
            contracts.plan_currency,
            concat(cast(contracts.ended_on as varchar), contracts.contract_id)
        ) filter (where contracts.ended_on <= month_closes.measured_on) as currency_before

    from contracts

    inner join month_closes
        on contracts.started_on <= month_closes.measured_on

    group by contracts.account_id, month_closes.month

),

described as (

    select
        accounts.account_id,
        month_closes.month,
        coalesce(recorded.segment_then, recorded.segment_first, accounts.segment) as segment,
        coalesce(recorded.region_then, recorded.region_first, accounts.region, 'unknown') as region,
        coalesce(contracted.plan_in_force, contracted.plan_before, 'unknown') as plan_id,
        coalesce(
            contracted.currency_in_force, contracted.currency_before, accounts.currency, 'unknown'
        ) as currency

    from accounts

    cross join month_closes

    left join recorded
        on
            accounts.account_id = recorded.account_id
            and month_closes.month = recorded.month

    left join contracted
        on
            accounts.account_id = contracted.account_id
            and month_closes.month = contracted.month

)

select * from described
