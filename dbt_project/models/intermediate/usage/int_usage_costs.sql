with

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

cost_rates as (

    select * from {{ ref('stg_cost_rates') }}

),

rate_spans as (

    select
        meter,
        dimension,
        unit_cost,
        valid_from,
        lead(valid_from) over (
            partition by meter, dimension
            order by valid_from asc
        ) as valid_to

    from cost_rates

),

-- there are few days, meters and dimensions, however much usage: rates are looked up once for each
worked as (

    select distinct
        usage_date,
        meter,
        dimension

    from usage_daily

),

-- the dimension's own rate overrides the meter's
priced as (

    select
        worked.usage_date,
        worked.meter,
        worked.dimension,
        coalesce(own_rate.unit_cost, meter_rate.unit_cost) as unit_cost

    from worked

    left join rate_spans as own_rate
        on
            worked.meter = own_rate.meter
            and worked.dimension = own_rate.dimension
            and worked.usage_date >= own_rate.valid_from
            and (own_rate.valid_to is null or worked.usage_date < own_rate.valid_to)

    left join rate_spans as meter_rate
        on
            worked.meter = meter_rate.meter
            and meter_rate.dimension is null
            and worked.usage_date >= meter_rate.valid_from
            and (meter_rate.valid_to is null or worked.usage_date < meter_rate.valid_to)

),

-- a meter without any cost costs nothing; one that has a cost at some time must have one at all
-- times
rated_meters as (

    select meter
    from cost_rates

    union distinct

    select meter
    from usage_daily
    where unit_cost_event_count > 0

),

costed as (

    select
        usage_daily.account_id,
        {{ month_of('usage_daily.usage_date') }} as month,
        usage_daily.meter,
        case
            when priced.unit_cost is not null
                then
                    cast(
                        cast(usage_daily.quantity as decimal(20, 6))
                        * cast(priced.unit_cost as decimal(18, 9)) as decimal(38, 15)
                    )
            when usage_daily.unit_cost_event_count = usage_daily.event_count
                then cast(usage_daily.unit_cost_amount as decimal(38, 15))
            when rated_meters.meter is null then cast(0 as decimal(38, 15))
        end as cost

    from usage_daily

    inner join priced
        on
            usage_daily.usage_date = priced.usage_date
            and usage_daily.meter = priced.meter
            and usage_daily.dimension is not distinct from priced.dimension

    left join rated_meters
        on usage_daily.meter = rated_meters.meter

),

monthly as (

    select
        account_id,
        month,
        meter,
        case when count(*) = count(cost) then cast(sum(cost) as decimal(38, 15)) end as cost

    from costed

    group by account_id, month, meter

)

select * from monthly
