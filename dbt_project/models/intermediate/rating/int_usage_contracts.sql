with

usage_months as (

    select * from {{ ref('int_usage_months') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

first_contracts as (

    select
        account_id,
        min_by(contract_id, concat(cast(started_on as varchar), contract_id)) as contract_id

    from contracts
    group by account_id

),

named as (

    select distinct
        account_id,
        contract_id as named_contract_id

    from usage_months

),

resolved as (

    select
        named.account_id,
        named.named_contract_id,
        coalesce(known_contracts.contract_id, first_contracts.contract_id, '') as contract_id

    from named

    left join contracts as known_contracts
        on
            named.account_id = known_contracts.account_id
            and named.named_contract_id = known_contracts.contract_id

    left join first_contracts
        on named.account_id = first_contracts.account_id

)

select * from resolved
