with

balances as (

    select * from {{ ref('int_wallet_balances') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

-- where the plan's own charge prices what is beyond the balance, the charge has the line
priced_here as (

    select
        balances.*,
        coalesce(currencies.minor_units, 2) as minor_units,
        case
            when balances.at_zero in ('topup', 'overage') then balances.beyond
            else cast(0 as decimal(28, 6))
        end as billable,
        case balances.at_zero
            when 'topup' then cast(balances.topup_amount as decimal(18, 9))
            when 'overage' then cast(balances.overage_unit_amount as decimal(18, 9))
        end as unit_price,
        case balances.at_zero
            when 'topup' then 'package'
            when 'overage' then 'per_unit'
            else balances.at_zero
        end as pricing

    from balances

    left join currencies
        on balances.currency = currencies.currency

    where balances.at_zero <> 'overage' or balances.overage_unit_amount is not null

),

priced as (

    select
        priced_here.*,
        case pricing
            when 'package'
                then {{ exact_product(
                    whole_packages('billable', 'topup_credits'), 'unit_price'
                ) }}
            when 'per_unit' then {{ exact_product('billable', 'unit_price') }}
            else cast(0 as decimal(38, 12))
        end as exact_amount

    from priced_here

),

lines as (

    select
        unit_id,
        concat('credits', chr(31), cast(month as varchar)) as line_key,
        cast(null as varchar) as charge_id,
        'Credits' as charge_name,
        'usage' as line_kind,
        'credits' as meter,
        pricing,
        false as outcomes_only,
        cast(null as varchar) as event_id,
        service_start,
        service_end,
        demand as quantity,
        cast(demand - beyond as decimal(28, 6)) as included,
        billable,
        1 as numerator,
        1 as denominator,
        unit_price,
        cast(topup_credits as decimal(19, 6)) as package_size,
        cast(null as integer) as tier,
        price_version,
        cast(0 as decimal(38, 12)) as contract_discount_ratio,
        exact_amount,
        {{ round_money('exact_amount', 'minor_units') }} as amount,
        minor_units

    from priced

)

select * from lines
