with

contracts as (

    select * from {{ ref('int_contracts') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

per_seat as (

    select
        account_id,
        min(started_on) as first_seat_on

    from contracts

    where plan_family = 'per_seat'

    group by account_id

),

-- a plan that the price book does not name has no family, and is not a move
moved as (

    select
        contracts.account_id,
        accounts.segment,
        {{ month_of('min(contracts.started_on)') }} as moved_month

    from contracts

    inner join per_seat
        on
            contracts.account_id = per_seat.account_id
            and contracts.started_on > per_seat.first_seat_on

    inner join accounts
        on contracts.account_id = accounts.account_id

    where contracts.plan_family is not null and contracts.plan_family <> 'per_seat'

    group by contracts.account_id, accounts.segment

)

select * from moved
