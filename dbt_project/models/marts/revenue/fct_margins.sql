with

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft') and line_type <> 'tax'

),

currencies as (  -- noqa: ST03

    select * from {{ ref('stg_currencies') }}

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

quarantine_gaps as (

    select * from {{ ref('int_quarantine_gaps') }}
    where span = 'calendar' and basis in ('usage', 'invoices')

),

-- calendar months are anchor months of accounts that start on the first
anchors as (  -- noqa: ST03

    select
        account_id,
        1 as anchor_day

    from accounts

),

issued as (  -- noqa: ST03

    select
        concat(invoice_id, chr(31), line_id) as line_key,
        account_id,
        currency,
        amount,
        period_start as service_start,
        period_end as service_end

    from invoice_lines

),

calendar_slices as (

    select * from ({{ sliced_lines('issued', 'anchors', 'currencies') }})

),

-- a meter without any cost costs nothing, whatever is quarantined
costed_meters as (

    select meter from {{ ref('stg_cost_rates') }}

    union distinct

    select meter from usage_daily
    where unit_cost_event_count > 0

),

-- unknown is not zero: an account with an invoice and no readable usage may have had costs
gaps as (

    select
        quarantine_gaps.account_id,
        quarantine_gaps.month,
        max(
            case when quarantine_gaps.basis = 'invoices' then 1 else 0 end
        ) = 1 as is_revenue_unread,
        max(case when costed_meters.meter is not null then 1 else 0 end) = 1 as is_cost_unread

    from quarantine_gaps

    left join costed_meters
        on quarantine_gaps.meter = costed_meters.meter

    group by quarantine_gaps.account_id, quarantine_gaps.month

),

-- rounded once per account and month; one amount without a rate leaves the sum unknown
revenue as (

    select
        calendar_slices.account_id,
        calendar_slices.slice_month as month,
        case
            when count(*) = count(month_rates.rate)
                then sum({{ converted('calendar_slices.slice_amount', 'month_rates.rate') }})
        end as exact_revenue

    from calendar_slices

    left join month_rates
        on
            calendar_slices.currency = month_rates.currency
            and calendar_slices.slice_month = month_rates.month

    group by calendar_slices.account_id, calendar_slices.slice_month

),

costs as (

    select
        account_id,
        month,
        case when count(*) = count(cost) then sum(cost) end as exact_cost

    from usage_costs

    group by account_id, month

),

-- a cost is known if a cost_rates export or the usage itself has one
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
        coalesce(gaps.is_revenue_unread, false) as is_revenue_unread,
        coalesce(gaps.is_cost_unread, false) as is_cost_unread,
        -- an account with usage but no invoice pays nothing in that month
        case
            when gaps.is_revenue_unread then cast(null as decimal(18, 4))
            when revenue.account_id is null then cast(0 as decimal(18, 4))
            else cast(round(revenue.exact_revenue, 4) as decimal(18, 4))
        end as revenue,
        case
            when not knowledge.has_costs or gaps.is_cost_unread then cast(null as decimal(18, 4))
            when costs.account_id is null then cast(0 as decimal(18, 4))
            else cast(round(costs.exact_cost, 4) as decimal(18, 4))
        end as cost

    from named

    inner join accounts
        on named.account_id = accounts.account_id

    -- service paid in advance for later months is not revenue yet
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

    left join gaps
        on
            named.account_id = gaps.account_id
            and named.month = gaps.month

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
        -- a month of credit notes does not mean that a customer costs more than they pay
        cost > case when revenue < 0 then 0 else revenue end as is_exposed,
        is_provisional,
        case
            when not has_costs then 'no cost_rates export'
            when is_revenue_unread and is_cost_unread
                then 'invoice lines and usage rows are quarantined'
            when is_revenue_unread then 'invoice lines are quarantined'
            when is_cost_unread then 'usage rows are quarantined'
            when revenue is null and cost is null
                then 'no exchange rate and no cost rate in force'
            when revenue is null then 'no exchange rate in force'
            when cost is null then 'no cost rate in force'
        end as reason

    from joined

)

select * from described
