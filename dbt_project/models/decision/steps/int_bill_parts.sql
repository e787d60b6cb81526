{{ config(materialized='view') }}

with

invoice_slices as (

    select * from {{ ref('int_invoice_slices') }}
    where line_type not in ('tax', 'one_off', 'goodwill')

),

shadow_bill_lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

-- slices of a service paid ahead reach beyond the as-of: those months are no bills yet
invoiced as (

    select
        invoice_slices.account_id,
        invoice_slices.month,
        'invoiced' as scenario_id,
        invoice_slices.currency,
        concat(cast(invoice_slices.issued_at as varchar), invoice_slices.invoice_id) as issue,
        case
            when invoice_slices.line_type in ('seat', 'proration') then 'seat'
            when invoice_slices.line_type in ('flat', 'commitment') then 'flat'
            else invoice_slices.line_type
        end as part,
        invoice_slices.amount,
        invoice_slices.unit_price

    from invoice_slices

    inner join anchor_months
        on
            invoice_slices.account_id = anchor_months.account_id
            and invoice_slices.month = anchor_months.month

),

shadowed as (

    select
        account_id,
        month,
        scenario_id,
        currency,
        '' as issue,
        case
            when meter = 'seats' then 'seat'
            when meter = 'flat' then 'flat'
            else line_kind
        end as part,
        amount,
        unit_price

    from shadow_bill_lines

),

lines as (

    select * from invoiced

    union all

    select * from shadowed

),

-- an amount over its unit price is how many units it is for, parts of a period included; few lines
-- differ in both, so each pair is divided once
divided as (

    select
        priced.amount,
        priced.unit_price,
        {{ exact_ratio(
            'priced.amount',
            'cast(1000000000 as bigint)',
            'cast(cast(priced.unit_price as decimal(38, 9)) * 1000000000 as hugeint)'
        ) }} as units

    from (
        select distinct
            amount,
            unit_price

        from lines

        where part in ('seat', 'flat') and unit_price > 0
    ) as priced

),

counted as (

    select
        lines.*,
        case
            when lines.part in ('seat', 'flat') and lines.unit_price > 0 then divided.units
            else cast(0 as decimal(38, 12))
        end as units

    from lines

    left join divided
        on
            lines.amount = divided.amount
            and lines.unit_price = divided.unit_price

),

summed_up as (

    select
        account_id,
        month,
        scenario_id,
        max_by(currency, issue) as currency,
        min(currency) <> max(currency) as has_two_currencies,
        cast(sum(amount) as decimal(18, 4)) as bill,
        cast(sum(case when part = 'seat' then amount else 0 end) as decimal(18, 4))
            as seat_amount,
        sum(case when part = 'seat' then units else 0 end) as exact_seat_units,
        cast(sum(case when part = 'flat' then amount else 0 end) as decimal(18, 4))
            as flat_amount,
        sum(case when part = 'flat' then units else 0 end) as exact_flat_units,
        cast(
            sum(case when part in ('seat', 'flat', 'usage') then amount else 0 end)
            as decimal(18, 4)
        ) as charged_amount,
        cast(sum(case when part = 'discount' then amount else 0 end) as decimal(18, 4))
            as discount_amount

    from counted
    group by account_id, month, scenario_id

),

parts as (

    select
        account_id,
        month,
        scenario_id,
        currency,
        has_two_currencies,
        bill,
        seat_amount,
        {{ rounded_units('exact_seat_units') }} as seat_units,
        flat_amount,
        {{ rounded_units('exact_flat_units') }} as flat_units,
        charged_amount,
        discount_amount

    from summed_up

)

select * from parts
