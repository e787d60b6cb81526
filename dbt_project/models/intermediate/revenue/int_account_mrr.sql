with

contract_mrr as (

    select * from {{ ref('int_contract_mrr') }}

),

usage_run_rates as (

    select * from {{ ref('int_usage_run_rates') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

-- an account with a subscription that was never invoiced has not churned, either
open_contracts as (

    select
        contracts.account_id,
        month_closes.month,
        true as has_contract

    from contracts

    inner join month_closes
        on
            contracts.started_on <= month_closes.measured_on
            and (contracts.ended_on is null or contracts.ended_on > month_closes.measured_on)

    inner join accounts
        on
            contracts.account_id = accounts.account_id
            and (
                accounts.churned_on is null or accounts.churned_on > month_closes.measured_on
            )

    group by contracts.account_id, month_closes.month

),

usage_parts as (

    select
        contract_mrr.account_id,
        contract_mrr.contract_key,
        contract_mrr.currency,
        contract_mrr.month,
        usage_run_rates.monthly_amount

    from contract_mrr

    inner join usage_run_rates
        on
            contract_mrr.account_id = usage_run_rates.account_id
            and contract_mrr.contract_key = usage_run_rates.contract_key
            and contract_mrr.currency = usage_run_rates.currency
            and contract_mrr.month = usage_run_rates.month

    where not contract_mrr.is_over

),

-- usage is billed in arrears and is part of both figures as known at the close
versions as (

    select
        account_id,
        contract_key,
        currency,
        month,
        is_provisional,
        is_active,
        is_carried_forward,
        'subscription' as version,
        closing_amount,
        known_opening_amount,
        known_closing_amount

    from contract_mrr

    union all

    select
        contract_mrr.account_id,
        contract_mrr.contract_key,
        contract_mrr.currency,
        contract_mrr.month,
        contract_mrr.is_provisional,
        contract_mrr.is_active,
        contract_mrr.is_carried_forward,
        'with_usage' as version,
        contract_mrr.closing_amount + coalesce(usage_parts.monthly_amount, 0)
            as closing_amount,
        contract_mrr.known_opening_amount
        + lag(coalesce(usage_parts.monthly_amount, 0), 1, 0) over (
            partition by
                contract_mrr.account_id, contract_mrr.contract_key, contract_mrr.currency
            order by contract_mrr.month
        ) as known_opening_amount,
        contract_mrr.known_closing_amount + coalesce(usage_parts.monthly_amount, 0)
            as known_closing_amount

    from contract_mrr

    left join usage_parts
        on
            contract_mrr.account_id = usage_parts.account_id
            and contract_mrr.contract_key = usage_parts.contract_key
            and contract_mrr.currency = usage_parts.currency
            and contract_mrr.month = usage_parts.month

),

-- run rates have twelve decimals, so that thirds of a price add up to half a cent exactly
summed_up as (

    select
        account_id,
        month,
        currency,
        version,
        max(case when is_provisional then 1 else 0 end) = 1 as is_provisional,
        max(case when is_active then 1 else 0 end) = 1 as is_active,
        max(case when is_carried_forward then 1 else 0 end) = 1 as is_carried_forward,
        cast(round(sum(closing_amount), 9) as decimal(38, 12)) as closing_amount,
        cast(round(sum(known_opening_amount), 9) as decimal(38, 12)) as known_opening_amount,
        cast(round(sum(known_closing_amount), 9) as decimal(38, 12)) as known_closing_amount

    from versions
    group by account_id, month, currency, version

),

-- the sum is rounded once, to the currency's minor unit
rounded as (

    select
        summed_up.account_id,
        summed_up.month,
        summed_up.currency,
        summed_up.version,
        summed_up.is_provisional,
        summed_up.is_carried_forward,
        max(
            case
                when summed_up.is_active or open_contracts.has_contract then 1
                else 0
            end
        ) over (partition by summed_up.account_id, summed_up.month) = 1 as is_active,
        coalesce(currencies.minor_units, 2) as minor_units,
        {{ round_money('summed_up.closing_amount', 'coalesce(currencies.minor_units, 2)') }}
            as closing,
        {{ round_money(
            'summed_up.known_opening_amount', 'coalesce(currencies.minor_units, 2)'
        ) }} as known_opening,
        {{ round_money(
            'summed_up.known_closing_amount', 'coalesce(currencies.minor_units, 2)'
        ) }} as known_closing

    from summed_up

    left join open_contracts
        on
            summed_up.account_id = open_contracts.account_id
            and summed_up.month = open_contracts.month

    left join currencies
        on summed_up.currency = currencies.currency

),

opened as (

    select
        account_id,
        month,
        currency,
        version,
        minor_units,
        is_provisional,
        is_active,
        is_carried_forward,
        lag(closing, 1, 0) over (
            partition by account_id, currency, version
            order by month
        ) as opening,
        closing,
        known_opening,
        known_closing

    from rounded

)

select * from opened
