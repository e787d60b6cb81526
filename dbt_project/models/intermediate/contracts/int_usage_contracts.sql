with

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

default_contracts as (

    select * from {{ ref('int_default_contracts') }}

),

named as (

    select distinct
        account_id,
        coalesce(subscription_id, '') as named_contract_id

    from usage_daily

),

resolved as (

    select
        named.account_id,
        named.named_contract_id,
        contracts.contract_id is not null as is_known,
        coalesce(contracts.contract_id, default_contracts.contract_id, '') as contract_id,
        coalesce(default_contracts.valid_from, date '0001-01-01') as valid_from,
        coalesce(default_contracts.valid_to, date '9999-12-31') as valid_to

    from named

    left join contracts
        on
            named.account_id = contracts.account_id
            and named.named_contract_id = contracts.contract_id
            and named.named_contract_id <> ''

    left join default_contracts
        on
            named.account_id = default_contracts.account_id
            and contracts.contract_id is null

)

select * from resolved
