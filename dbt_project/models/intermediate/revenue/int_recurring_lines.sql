with

lines as (

    select * from {{ ref('int_mrr_lines') }}

),

late_invoices as (

    select * from {{ ref('int_late_invoices') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

known_today as (

    select
        cast(null as date) as known_at_close_of,
        lines.*

    from lines

    where is_latest

),

-- a late invoice as known when the month closed; what was issued and ordered later is normal
-- billing and counts unchanged
known_then as (

    select
        late_invoices.month as known_at_close_of,
        lines.*

    from lines

    inner join late_invoices
        on lines.invoice_id = late_invoices.invoice_id

    inner join month_closes
        on late_invoices.month = month_closes.month

    where
        lines.known_at < month_closes.closed_at
        or (not lines.has_event and lines.issued_at >= month_closes.closed_at)

    qualify row_number() over (
        partition by late_invoices.month, lines.invoice_id, lines.line_id
        order by lines.revision desc
    ) = 1

),

known as (

    select
        coalesce(cast(known_at_close_of as varchar), 'today') as basis,
        *

    from known_today
    where not is_void

    union all

    select
        coalesce(cast(known_at_close_of as varchar), 'today') as basis,
        *

    from known_then
    where not is_void

),

invoices as (

    select
        known.basis,
        known.invoice_id,
        known.contract_key,
        coalesce(max(currencies.minor_units), 2) as minor_units,
        cast(
            sum(case when known.line_type = 'discount' then 0 else known.amount end)
            as decimal(18, 4)
        ) as gross_amount,
        cast(
            sum(case when known.line_type = 'discount' then -known.amount else 0 end)
            as decimal(18, 4)
        ) as discount_amount

    from known

    left join currencies
        on known.currency = currencies.currency

    group by known.basis, known.invoice_id, known.contract_key

),

exact_discounts as (

    select
        invoices.*,
        case
            when discount_amount = 0 then cast(0 as decimal(38, 12))
            else {{ exact_ratio('discount_amount', '10000', '(gross_amount * 10000)') }}
        end as discount_ratio

    from invoices

),

plain_discounts as (

    select
        exact_discounts.*,
        cast(gross_amount as decimal(20, 4)) as wide_amount,
        cast(round(discount_ratio, 2) as decimal(18, 2)) as whole_percents,
        cast(round(discount_ratio, 3) as decimal(18, 3)) as permilles

    from exact_discounts

),

-- discounts were rounded when invoiced: the simplest ratio that gives the amount is taken as the
-- agreed one, so a small invoice shows the same run rate as a large one
discounts as (

    select
        basis,
        invoice_id,
        contract_key,
        case
            when
                {{ round_money('wide_amount * whole_percents', 'minor_units') }}
                = discount_amount
                then cast(whole_percents as decimal(18, 9))
            when
                {{ round_money('wide_amount * permilles', 'minor_units') }}
                = discount_amount
                then cast(permilles as decimal(18, 9))
            else cast(round(discount_ratio, 9) as decimal(18, 9))
        end as discount_ratio

    from plain_discounts

),

-- a proration counts with its full price from the day of the change; a discount is included in the
-- lines it reduces, or separate if the invoice has none of them
measured as (

    select
        known.basis,
        known.known_at_close_of,
        known.invoice_id,
        known.line_id,
        known.account_id,
        known.contract_key,
        known.currency,
        known.line_type = 'usage' as is_usage,
        known.service_start,
        known.service_end,
        case
            when
                known.line_type = 'proration'
                and known.quantity is not null
                and known.unit_price is not null
                then {{ exact_product('known.quantity', 'known.unit_price') }}
            else cast(known.amount as decimal(38, 12))
        end as full_amount,
        known.line_type = 'proration'
        and known.quantity is not null
        and known.unit_price is not null as is_full_price,
        known.interval_months,
        {{ whole_months('known.service_start', 'known.service_end') }} as whole_months,
        {{ days_between('known.service_start', 'known.service_end') }} as days,
        case when known.line_type = 'discount' then 0 else discounts.discount_ratio end
            as discount_ratio

    from known

    inner join discounts
        on
            known.basis = discounts.basis
            and known.invoice_id = discounts.invoice_id
            and known.contract_key = discounts.contract_key

    where known.line_type <> 'discount' or discounts.discount_ratio is null

),

spread as (

    select
        measured.*,
        case
            when is_full_price then interval_months
            -- metered usage is a month's usage: part of a month is not extrapolated to a whole
            -- month
            when is_usage then greatest(whole_months, 1)
            else {{ service_months_numerator('whole_months', 'days') }}
        end as months_numerator,
        case
            when is_full_price or is_usage then 1
            else {{ service_months_denominator('whole_months', 'days') }}
        end as months_denominator

    from measured

),

run_rates as (

    select
        basis,
        known_at_close_of,
        invoice_id,
        line_id,
        account_id,
        contract_key,
        currency,
        is_usage,
        service_start,
        service_end,
        cast(greatest(whole_months, 1) as integer) as month_count,
        {{ exact_ratio(
            'full_amount',
            'cast((1 - coalesce(discount_ratio, 0)) * 1000000000 as bigint) * months_denominator',
            'months_numerator * cast(1000000000 as bigint)'
        ) }} as monthly_amount

    from spread

)

select * from run_rates
