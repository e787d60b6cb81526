with

contracts as (

    select * from {{ ref('int_contracts') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

charges as (

    select * from {{ ref('stg_charges') }}

),

seat_charges as (

    select distinct plan_id
    from charges
    where meter = 'seats'

),

-- contracts end at the latest when the account churned
bounded as (

    select
        contracts.account_id,
        contracts.contract_id,
        contracts.plan_id,
        contracts.seats_committed,
        contracts.started_on,
        least(
            coalesce(contracts.ended_on, accounts.churned_on),
            coalesce(accounts.churned_on, contracts.ended_on)
        ) as ended_on

    from contracts

    inner join accounts
        on contracts.account_id = accounts.account_id

),

-- the days on which anything starts or ends split an account's time into spans
cuts as (

    select
        account_id,
        started_on as cut_on

    from bounded

    union distinct

    select
        account_id,
        ended_on as cut_on

    from bounded

    where ended_on is not null

),

pieces as (

    select
        account_id,
        cut_on as from_on,
        lead(cut_on) over (
            partition by account_id
            order by cut_on asc
        ) as to_on

    from cuts

),

-- the earliest of several concurrent contracts determines the plan; commitments add up
contracted as (

    select
        pieces.account_id,
        pieces.from_on,
        pieces.to_on,
        min_by(
            bounded.plan_id, concat(cast(bounded.started_on as varchar), bounded.contract_id)
        ) as plan_id,
        sum(coalesce(bounded.seats_committed, 0)) as seats_committed

    from pieces

    inner join bounded
        on
            pieces.account_id = bounded.account_id
            and pieces.from_on >= bounded.started_on
            and (bounded.ended_on is null or pieces.from_on < bounded.ended_on)

    group by pieces.account_id, pieces.from_on, pieces.to_on

),

-- an account without a contract is assumed to pay for its seats from their first day
uncontracted as (

    select
        account_id,
        started_on as from_on,
        churned_on as to_on,
        plan_id,
        0 as seats_committed

    from accounts

    where
        started_on is not null
        and account_id not in (select contracts.account_id from contracts)

),

spans as (

    select * from contracted

    union all

    select * from uncontracted

),

-- a plan of the book that has no price for seats does not bill them
described as (

    select
        spans.account_id,
        spans.from_on,
        spans.to_on,
        spans.plan_id,
        cast(spans.seats_committed as decimal(19, 6)) as seats_committed,
        coalesce(plans.billable_roles, '') as billable_roles,
        coalesce(plans.bill_suspended, false) as bill_suspended

    from spans

    left join plans
        on spans.plan_id = plans.plan_id

    left join seat_charges
        on spans.plan_id = seat_charges.plan_id

    where
        plans.plan_id is null
        or plans.family = 'per_seat'
        or seat_charges.plan_id is not null

)

select * from described
