with

contracts as (

    select * from {{ ref('int_contracts') }}

),

bounds as (

    select
        account_id,
        started_on as bound_on

    from contracts

    union distinct

    select
        account_id,
        ended_on as bound_on

    from contracts
    where ended_on is not null

),

spans as (

    select
        account_id,
        bound_on as valid_from,
        lead(bound_on, 1, date '9999-12-31') over (
            partition by account_id
            order by bound_on
        ) as valid_to

    from bounds

),

-- the earliest of several contracts in force; between two contracts, the one that ended last
ranked as (

    select
        spans.account_id,
        spans.valid_from,
        spans.valid_to,
        contracts.contract_id,
        contracts.started_on,
        row_number() over (
            partition by spans.account_id, spans.valid_from
            order by
                case
                    when contracts.ended_on is null or contracts.ended_on > spans.valid_from then 1
                    else 2
                end asc,
                case when contracts.ended_on <= spans.valid_from then contracts.ended_on end desc,
                contracts.started_on asc,
                contracts.contract_id asc
        ) as contract_rank

    from spans

    inner join contracts
        on
            spans.account_id = contracts.account_id
            and spans.valid_from >= contracts.started_on

),

merged as (

    select
        account_id,
        contract_id,
        min(started_on) as started_on,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to

    from ranked
    where contract_rank = 1
    group by account_id, contract_id

),

-- events before all contracts belong to the first one
opened as (

    select
        account_id,
        contract_id,
        started_on,
        case
            when valid_from = min(valid_from) over (partition by account_id)
                then date '0001-01-01'
            else valid_from
        end as valid_from,
        valid_to

    from merged

)

select * from opened
