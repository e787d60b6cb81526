with

margins as (

    select * from {{ ref('fct_margins') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

cost_rates as (

    select * from {{ ref('stg_cost_rates') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

last_closed as (

    select
        {{ add_months('max(month)', '-11') }} as first_month,
        {{ add_months('max(month)', '1') }} as end_day

    from calendar_months

    where not is_provisional

),

-- the accounts and months of the gross margin, whichever rates applied then
known as (

    select
        margins.account_id,
        margins.month,
        margins.segment,
        margins.currency,
        margins.revenue

    from margins

    inner join last_closed
        on margins.month >= last_closed.first_month and margins.month < last_closed.end_day

    where margins.margin is not null

),

earned as (

    select
        segments.segment,
        known.month,
        max(known.currency) as currency,
        count(*) as accounts,
        sum(known.revenue) as revenue

    from known

    inner join segments
        on segments.segment in ('all', known.segment)

    group by segments.segment, known.month

),

-- days and accounts are summed before versions multiply the rows; usage with its own unit cost is
-- separate, because that cost applies if a version has no rate
worked as (

    select
        known.segment,
        known.month,
        usage_daily.meter,
        usage_daily.dimension,
        sum(usage_daily.quantity) as quantity,
        sum(
            case
                when usage_daily.unit_cost_event_count = usage_daily.event_count
                    then usage_daily.unit_cost_amount
            end
        ) as own_cost,
        max(
            case when usage_daily.unit_cost_event_count = usage_daily.event_count then 0 else 1 end
        ) as has_rows_without_own_cost

    from usage_daily

    inner join last_closed
        on
            usage_daily.usage_date >= last_closed.first_month
            and usage_daily.usage_date < last_closed.end_day

    inner join known
        on
            usage_daily.account_id = known.account_id
            and {{ month_of('usage_daily.usage_date') }} = known.month

    group by known.segment, known.month, usage_daily.meter, usage_daily.dimension

),

versions as (

    select distinct valid_from as rates_from
    from cost_rates

),

-- in a version every meter and dimension has the rate that was its latest on the version's day
version_rates as (

    select
        versions.rates_from,
        cost_rates.meter,
        cost_rates.dimension,
        max_by(cost_rates.unit_cost, cost_rates.valid_from) as unit_cost

    from versions

    inner join cost_rates
        on versions.rates_from >= cost_rates.valid_from

    group by versions.rates_from, cost_rates.meter, cost_rates.dimension

),

rated_meters as (

    select distinct meter
    from cost_rates

),

-- the dimension's own rate holds over the meter's; a meter without a rate in any version costs the
-- unit costs of its rows, or nothing
costed as (

    select
        worked.segment,
        worked.month,
        versions.rates_from,
        case
            when coalesce(own_rate.unit_cost, meter_rate.unit_cost) is not null
                then
                    cast(
                        cast(worked.quantity as decimal(38, 6))
                        * cast(
                            coalesce(own_rate.unit_cost, meter_rate.unit_cost) as decimal(18, 9)
                        ) as decimal(38, 12)
                    )
            when rated_meters.meter is null or worked.has_rows_without_own_cost = 0
                then cast(coalesce(worked.own_cost, 0) as decimal(38, 12))
        end as cost

    from worked

    cross join versions

    left join version_rates as own_rate
        on
            worked.meter = own_rate.meter
            and worked.dimension = own_rate.dimension
            and versions.rates_from = own_rate.rates_from

    left join version_rates as meter_rate
        on
            worked.meter = meter_rate.meter
            and meter_rate.dimension is null
            and versions.rates_from = meter_rate.rates_from

    left join rated_meters
        on worked.meter = rated_meters.meter

),

-- a single use without a rate leaves the cost of the month unknown: the accounts stay the same
spent as (

    select
        segments.segment,
        costed.month,
        costed.rates_from,
        count(*) - count(costed.cost) as uncosted,
        sum(costed.cost) as cost

    from costed

    inner join segments
        on segments.segment in ('all', costed.segment)

    group by segments.segment, costed.month, costed.rates_from

),

-- a month without usage costs nothing at any rate
joined as (

    select
        earned.segment,
        earned.month,
        versions.rates_from,
        earned.currency,
        earned.accounts,
        earned.revenue,
        case
            when coalesce(spent.uncosted, 0) = 0
                then cast(round(coalesce(spent.cost, 0), 4) as decimal(38, 4))
        end as cost,
        limits.least_accounts

    from earned

    cross join versions

    cross join limits

    left join spent
        on
            earned.segment = spent.segment
            and earned.month = spent.month
            and versions.rates_from = spent.rates_from

),

final as (

    select
        segment,
        month,
        rates_from,
        currency,
        cast(accounts as bigint) as accounts,
        cast(revenue as decimal(38, 4)) as revenue,
        cost,
        case when revenue > 0 then {{ ratio('(revenue - cost)', 'revenue') }} end as margin_ratio,
        accounts < least_accounts as is_small,
        case
            when cost is null then 'no cost rate in this version'
            when revenue <= 0 then 'no revenue'
        end as reason

    from joined

)

select * from final
