with

meter_costs as (

    select * from {{ ref('fct_meter_costs') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

-- the cost to serve an account is known if the costs of all its meters are
served as (

    select
        meter_costs.account_id,
        meter_costs.month,
        meter_costs.segment,
        'all' as meter,
        sum(
            case when meter_costs.meter = settings.value_meter then meter_costs.quantity else 0 end
        ) as quantity,
        case
            when count(*) = count(meter_costs.exact_cost) then sum(meter_costs.exact_cost)
        end as exact_cost,
        max(meter_costs.is_provisional) as is_provisional,
        max(meter_costs.reason) as reason

    from meter_costs

    cross join settings

    group by meter_costs.account_id, meter_costs.month, meter_costs.segment

),

together as (

    select
        account_id,
        month,
        segment,
        meter,
        quantity,
        exact_cost,
        is_provisional,
        reason

    from meter_costs

    union all

    select * from served

),

-- quantities of accounts with unknown cost are left out, like their cost
summed as (

    select
        segments.segment,
        together.month,
        together.meter,
        count(together.exact_cost) as accounts,
        count(*) - count(together.exact_cost) as accounts_left_out,
        cast(
            sum(case when together.exact_cost is not null then together.quantity end)
            as decimal(38, 6)
        ) as quantity,
        cast(sum(together.exact_cost) as decimal(38, 12)) as exact_cost,
        max(together.is_provisional) as is_provisional,
        max(together.reason) as reason

    from together

    inner join segments
        on segments.segment in ('all', together.segment)

    group by segments.segment, together.month, together.meter

),

final as (

    select
        summed.segment,
        summed.month,
        summed.meter,
        settings.reporting_currency as currency,
        cast(summed.accounts as bigint) as accounts,
        cast(summed.accounts_left_out as bigint) as accounts_left_out,
        summed.quantity,
        cast(round(summed.exact_cost, 4) as decimal(38, 4)) as cost,
        case
            when summed.quantity > 0
                then
                    cast(
                        {{ exact_ratio(
                            'summed.exact_cost',
                            '1000000',
                            'cast(summed.quantity * 1000000 as hugeint)'
                        ) }} as decimal(38, 12)
                    )
        end as unit_cost,
        case
            when summed.accounts = 0 then summed.reason
            when summed.quantity > 0 then null
            when summed.meter = 'all' then 'no usage of ' || settings.value_meter
            else 'no usage'
        end as reason,
        coalesce(summed.accounts < limits.least_accounts, false) as is_small,
        summed.is_provisional

    from summed

    cross join settings

    cross join limits

)

select * from final
