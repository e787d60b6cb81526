with

wallet_months as (

    select * from {{ ref('int_wallet_months') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'credits'

),

usage_months as (

    select * from {{ ref('int_usage_months') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

usage_contracts as (

    select * from {{ ref('int_usage_contracts') }}

),

rates as (

    select
        plan_id,
        meter,
        dimension,
        credits_per_unit,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by plan_id, meter, dimension order by valid_from),
            date '9999-12-31'
        ) as valid_before

    from {{ ref('stg_rate_tables') }}

),

rated_meters as (

    select distinct
        plan_id,
        meter

    from rates

),

-- where the price of credits changes inside a month, the month's work is counted in parts
cuts as (

    select distinct
        wallet_months.wallet_number,
        wallet_months.month_number,
        charges.window_start as part_start

    from wallet_months

    inner join charges
        on
            wallet_months.unit_id = charges.unit_id
            and wallet_months.service_start < charges.window_start
            and wallet_months.service_end > charges.window_start

),

parts as (

    select
        cuts.*,
        lead(part_start, 1, date '9999-12-31') over (
            partition by wallet_number, month_number
            order by part_start
        ) as part_end

    from cuts

),

-- only a month in which a rate or a price changes has to be looked at by the day
changing as (

    select
        wallet_months.wallet_number,
        wallet_months.month_number,
        rates.meter

    from wallet_months

    inner join rates
        on
            wallet_months.plan_id = rates.plan_id
            and wallet_months.month_start < rates.valid_from
            and wallet_months.month_end > rates.valid_from

    union distinct

    select
        cuts.wallet_number,
        cuts.month_number,
        rated_meters.meter

    from cuts

    inner join wallet_months
        on
            cuts.wallet_number = wallet_months.wallet_number
            and cuts.month_number = wallet_months.month_number

    inner join rated_meters
        on wallet_months.plan_id = rated_meters.plan_id

),

-- the current model counts work under its contract; a proposal sees them all as one
monthly as (

    select
        wallet_months.wallet_number,
        wallet_months.month_number,
        wallet_months.plan_id,
        usage_months.meter,
        usage_months.dimension,
        wallet_months.month_start as rated_on,
        usage_months.quantity

    from wallet_months

    inner join usage_months
        on
            wallet_months.account_id = usage_months.account_id
            and wallet_months.month = usage_months.month

    inner join rated_meters
        on
            wallet_months.plan_id = rated_meters.plan_id
            and usage_months.meter = rated_meters.meter

    left join changing
        on
            wallet_months.wallet_number = changing.wallet_number
            and wallet_months.month_number = changing.month_number
            and usage_months.meter = changing.meter

    where
        changing.wallet_number is null
        and (
            wallet_months.scenario_id <> 'current'
            or wallet_months.contract_id = usage_months.contract_id
        )

),

daily as (

    select
        wallet_months.wallet_number,
        wallet_months.month_number,
        wallet_months.plan_id,
        usage_daily.meter,
        usage_daily.dimension,
        usage_daily.usage_date as rated_on,
        usage_daily.quantity

    from changing

    inner join wallet_months
        on
            changing.wallet_number = wallet_months.wallet_number
            and changing.month_number = wallet_months.month_number

    inner join usage_daily
        on
            wallet_months.account_id = usage_daily.account_id
            and changing.meter = usage_daily.meter
            and wallet_months.month_start <= usage_daily.usage_date
            and wallet_months.month_end > usage_daily.usage_date

    inner join usage_contracts
        on
            usage_daily.account_id = usage_contracts.account_id
            and coalesce(usage_daily.subscription_id, '') = usage_contracts.named_contract_id
            and usage_daily.usage_date >= usage_contracts.valid_from
            and usage_daily.usage_date < usage_contracts.valid_to

    where
        wallet_months.scenario_id <> 'current'
        or wallet_months.contract_id = usage_contracts.contract_id

),

work as (

    select * from monthly

    union all

    select * from daily

),

-- the row that names the dimension goes before the one for all of them
rated as (

    select
        work.wallet_number,
        work.month_number,
        work.rated_on,
        {{ exact_product(
            'work.quantity',
            'coalesce(own_rates.credits_per_unit, general_rates.credits_per_unit, 0)'
        ) }} as credits

    from work

    left join rates as own_rates
        on
            work.plan_id = own_rates.plan_id
            and work.meter = own_rates.meter
            and work.dimension = own_rates.dimension
            and work.rated_on >= own_rates.valid_from
            and work.rated_on < own_rates.valid_before

    left join rates as general_rates
        on
            work.plan_id = general_rates.plan_id
            and work.meter = general_rates.meter
            and general_rates.dimension is null
            and work.rated_on >= general_rates.valid_from
            and work.rated_on < general_rates.valid_before

),

summed_up as (

    select
        rated.wallet_number,
        rated.month_number,
        parts.part_start,
        cast(round(sum(rated.credits), 6) as decimal(28, 6)) as credits

    from rated

    left join parts
        on
            rated.wallet_number = parts.wallet_number
            and rated.month_number = parts.month_number
            and rated.rated_on >= parts.part_start
            and rated.rated_on < parts.part_end

    group by rated.wallet_number, rated.month_number, parts.part_start

)

select * from summed_up
