with

calendar_slices as (

    select * from {{ ref('int_calendar_slices') }}
    where line_type <> 'tax'

),

usage_costs as (

    select * from {{ ref('int_usage_costs') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

export_status as (

    select * from {{ ref('stg_export_status') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- rounded once per account and month; one amount without a rate leaves the sum unknown
revenue as (

    select
        calendar_slices.account_id,
        calendar_slices.month,
        case
            when count(*) = count(month_rates.rate)
                then sum({{ converted('calendar_slices.amount', 'month_rates.rate') }})
        end as exact_revenue

    from calendar_slices

    left join month_rates
        on
            calendar_slices.currency = month_rates.currency
            and calendar_slices.month = month_rates.month

    group by calendar_slices.account_id, calendar_slices.month

),

costs as (

    select
        account_id,
        month,
        case when count(*) = count(cost) then sum(cost) end as exact_cost

    from usage_costs

    group by account_id, month

),

-- a cost is known where a cost_rates export or usage itself tells one
knowledge as (

    select
        coalesce(
            (
                select export_status.is_present
                from export_status
                where export_status.export = 'cost_rates'
            ),
            false
        )
        or exists (
            select 1
            from usage_daily
            where usage_daily.unit_cost_event_count > 0
        ) as has_costs

),

named as (

    select
        account_id,
        month

    from revenue

    union distinct

    select
        account_id,
        month

    from costs

),

joined as (

    select
        named.account_id,
        named.month,
        accounts.segment,
        settings.reporting_currency as currency,
        calendar_months.is_provisional,
        knowledge.has_costs,
        -- an account that works without an invoice pays nothing in that month
        case
            when revenue.account_id is null then cast(0 as decimal(18, 4))
            else cast(round(revenue.exact_revenue, 4) as decimal(18, 4))
        end as revenue,
        case
            when not knowledge.has_costs then cast(null as decimal(18, 4))
            when costs.account_id is null then cast(0 as decimal(18, 4))
            else cast(round(costs.exact_cost, 4) as decimal(18, 4))
        end as cost

    from named

    inner join accounts
        on named.account_id = accounts.account_id

    -- service that is paid in advance for months to come is no revenue yet
    inner join calendar_months
        on named.month = calendar_months.month

    cross join settings

    cross join knowledge

    left join revenue
        on
            named.account_id = revenue.account_id
            and named.month = revenue.month

    left join costs
        on
            named.account_id = costs.account_id
            and named.month = costs.month

),

described as (

    select
        account_id,
        month,
        segment,
        currency,
        revenue,
        cost,
        cast(revenue - cost as decimal(18, 4)) as margin,
        case when revenue > 0 then {{ ratio('(revenue - cost)', 'revenue') }} end
            as margin_ratio,
        -- a month of credits is not a customer who costs more than he pays
        cost > case when revenue < 0 then 0 else revenue end as is_exposed,
        is_provisional,
        case
            when not has_costs then 'no cost_rates export'
            when revenue is null and cost is null
                then 'no exchange rate and no cost rate in force'
            when revenue is null then 'no exchange rate in force'
            when cost is null then 'no cost rate in force'
        end as reason

    from joined

)

select * from described
