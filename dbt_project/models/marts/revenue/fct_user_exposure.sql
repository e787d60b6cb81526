with

holder_months as (

    select * from {{ ref('int_holder_months') }}

),

month_windows as (

    select * from {{ ref('int_month_windows') }}
    where window_seconds > 0

),

user_usage as (

    select * from {{ ref('int_user_usage_monthly') }}

),

meter_costs as (

    select * from {{ ref('fct_meter_costs') }}

),

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

worked as (

    select
        account_id,
        user_id,
        month,
        meter,
        sum(quantity) as quantity

    from user_usage

    group by account_id, user_id, month, meter

),

-- the account's cost of a unit of the meter in the month, to twelve decimals
unit_costs as (

    select
        account_id,
        month,
        meter,
        cast(
            case
                when quantity = {{ whole_number('quantity') }}
                    then {{ exact_ratio('exact_cost', '1', whole_number('quantity')) }}
                else
                    {{ exact_ratio(
                        'exact_cost', '1000000', 'cast(quantity * 1000000 as hugeint)'
                    ) }}
            end as decimal(20, 12)
        ) as unit_cost

    from meter_costs

    -- zero usage has no unit cost
    where quantity > 0

),

user_costs as (

    select
        worked.account_id,
        worked.user_id,
        worked.month,
        count(*) - count(unit_costs.unit_cost) as unknown_costs,
        cast(
            sum(cast(worked.quantity as decimal(18, 6)) * unit_costs.unit_cost)
            as decimal(38, 12)
        ) as cost

    from worked

    inner join unit_costs
        on
            worked.account_id = unit_costs.account_id
            and worked.month = unit_costs.month
            and worked.meter = unit_costs.meter

    group by worked.account_id, worked.user_id, worked.month

),

account_costs as (

    select
        account_id,
        month,
        max(reason) as reason

    from meter_costs

    group by account_id, month

),

seat_prices as (

    select
        utilization.account_id,
        utilization.month,
        {{ converted('utilization.seat_price', 'month_rates.rate') }} as price

    from utilization

    inner join month_rates
        on
            utilization.currency = month_rates.currency
            and utilization.month = month_rates.month

),

-- a seat is paid for as long as it was the holder's
priced as (

    select
        holder_months.account_id,
        holder_months.user_id,
        holder_months.month,
        -- one seat held all month, the usual case, costs the full price
        case
            when holder_months.seat_seconds = month_windows.window_seconds
                then cast(seat_prices.price as decimal(38, 12))
            when holder_months.seat_seconds = {{ whole_number('holder_months.seat_seconds') }}
                then
                    {{ exact_ratio(
                        'seat_prices.price',
                        whole_number('holder_months.seat_seconds'),
                        'month_windows.window_seconds'
                    ) }}
            else
                {{ exact_ratio(
                    'seat_prices.price',
                    'cast(holder_months.seat_seconds * 1000000 as hugeint)',
                    'cast(month_windows.window_seconds as hugeint) * 1000000'
                ) }}
        end as price,
        coalesce(user_costs.cost, 0) as cost,
        coalesce(user_costs.unknown_costs, 0) as unknown_costs

    from holder_months

    inner join month_windows
        on holder_months.month = month_windows.month

    left join seat_prices
        on
            holder_months.account_id = seat_prices.account_id
            and holder_months.month = seat_prices.month

    left join user_costs
        on
            holder_months.account_id = user_costs.account_id
            and holder_months.user_id = user_costs.user_id
            and holder_months.month = user_costs.month

),

counted as (

    select
        account_id,
        month,
        count(*) as holders,
        count(case when cost > price then 1 end) as exposed_holders,
        sum(unknown_costs) as unknown_costs

    from priced

    group by account_id, month

),

judged as (

    select
        utilization.account_id,
        utilization.month,
        utilization.segment,
        accounts.region,
        utilization.plan_id,
        utilization.is_provisional,
        coalesce(counted.holders, 0) as holders,
        counted.exposed_holders,
        case
            when utilization.reason is not null then utilization.reason
            when counted.holders is null then 'no holders'
            when utilization.seat_price is null then 'no one price of a seat'
            when month_rates.rate is null then 'no exchange rate in force'
            when account_costs.reason = 'no cost_rates export' then account_costs.reason
            when counted.unknown_costs > 0 then 'no cost rate in force'
        end as reason

    from utilization

    inner join accounts
        on utilization.account_id = accounts.account_id

    left join counted
        on
            utilization.account_id = counted.account_id
            and utilization.month = counted.month

    left join account_costs
        on
            utilization.account_id = account_costs.account_id
            and utilization.month = account_costs.month

    left join month_rates
        on
            utilization.currency = month_rates.currency
            and utilization.month = month_rates.month

),

described as (

    select
        account_id,
        month,
        segment,
        region,
        plan_id,
        cast(holders as bigint) as holders,
        case when reason is null then cast(exposed_holders as bigint) end as exposed_holders,
        case when reason is null then {{ ratio('exposed_holders', 'holders') }} end
            as exposed_share,
        is_provisional,
        reason

    from judged

)

select * from described
