with

bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where scenario_id <> 'current' and difference is not null

),

lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

by_cause as (

    select
        account_id,
        month,
        scenario_id,
        cause,
        sum(amount) as amount

    from lines
    group by account_id, month, scenario_id, cause

),

-- the current model's lines are compared with every proposal's
sides as (

    select
        bills.account_id,
        bills.month,
        bills.scenario_id,
        bills.currency,
        by_cause.cause,
        by_cause.amount as proposed_amount,
        0 as current_amount

    from bills

    inner join by_cause
        on
            bills.account_id = by_cause.account_id
            and bills.month = by_cause.month
            and bills.scenario_id = by_cause.scenario_id

    union all

    select
        bills.account_id,
        bills.month,
        bills.scenario_id,
        bills.currency,
        by_cause.cause,
        0 as proposed_amount,
        by_cause.amount as current_amount

    from bills

    inner join by_cause
        on
            bills.account_id = by_cause.account_id
            and bills.month = by_cause.month
            and by_cause.scenario_id = 'current'

),

causes as (

    select
        account_id,
        month,
        scenario_id,
        cause,
        cast(sum(current_amount) as decimal(18, 4)) as current_amount,
        cast(sum(proposed_amount) as decimal(18, 4)) as proposed_amount,
        cast(sum(proposed_amount) - sum(current_amount) as decimal(18, 4)) as difference,
        currency

    from sides
    group by account_id, month, scenario_id, cause, currency

)

select * from causes
