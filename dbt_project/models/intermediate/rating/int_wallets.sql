with

wallet_months as (

    select * from {{ ref('int_wallet_months') }}

),

wallets as (

    select
        wallet_number,
        scenario_id,
        account_id,
        contract_id,
        plan_id,
        anchor_day,
        min(month) as first_month,
        max(month) as last_month,
        min(service_start) as started_on,
        max(service_end) as known_to

    from wallet_months
    group by
        wallet_number,
        scenario_id,
        account_id,
        contract_id,
        plan_id,
        anchor_day

)

select * from wallets
