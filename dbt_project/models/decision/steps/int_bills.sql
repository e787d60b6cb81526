with

invoice_slices as (

    select * from {{ ref('int_invoice_slices') }}
    where line_type not in ('tax', 'one_off', 'goodwill')

),

shadow_bill_lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

shadow_bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where is_available

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

-- slices of a service paid ahead reach beyond the as-of: those months are no bills yet
invoiced_lines as (

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

shadow_lines as (

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

    select * from invoiced_lines

    union all

    select * from shadow_lines

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

bill_parts as (

    select
        account_id,
        month,
        scenario_id,
        max_by(currency, issue) as currency,
        min(currency) <> max(currency) as has_two_currencies,
        cast(sum(amount) as decimal(18, 4)) as bill,
        cast(sum(case when part = 'seat' then amount else 0 end) as decimal(18, 4))
            as seat_amount,
        {{ rounded_units("sum(case when part = 'seat' then units else 0 end)") }} as seat_units,
        cast(sum(case when part = 'flat' then amount else 0 end) as decimal(18, 4))
            as flat_amount,
        {{ rounded_units("sum(case when part = 'flat' then units else 0 end)") }} as flat_units,
        cast(
            sum(case when part in ('seat', 'flat', 'usage') then amount else 0 end)
            as decimal(18, 4)
        ) as charged_amount,
        cast(sum(case when part = 'discount' then amount else 0 end) as decimal(18, 4))
            as discount_amount

    from counted
    group by account_id, month, scenario_id

),

contract_intervals as (

    select
        account_id,
        min(billing_interval) as billing_interval

    from {{ ref('int_contracts') }}
    group by account_id

),

invoiced as (

    select
        bill_parts.account_id,
        bill_parts.month,
        bill_parts.scenario_id,
        current_plans.plan_id,
        bill_parts.currency,
        bill_parts.bill,
        bill_parts.has_two_currencies,
        'invoiced' as parts_of

    from bill_parts

    left join current_plans
        on
            bill_parts.account_id = current_plans.account_id
            and bill_parts.month = current_plans.month

    where bill_parts.scenario_id = 'invoiced'

),

-- a current bill that is taken from the invoices has its seats there
shadowed as (

    select
        account_id,
        month,
        scenario_id,
        plan_id,
        currency,
        amount as bill,
        false as has_two_currencies,
        case
            when scenario_id = 'current' and current_basis = 'invoiced' then 'invoiced'
            else scenario_id
        end as parts_of

    from shadow_bills

),

all_bills as (

    select * from invoiced

    union all

    select * from shadowed

),

described as (

    select
        all_bills.account_id,
        all_bills.month,
        all_bills.scenario_id,
        accounts.segment,
        accounts.region,
        all_bills.plan_id,
        all_bills.currency,
        coalesce(plans.billing_interval, contract_intervals.billing_interval, 'month')
            as billing_interval,
        all_bills.bill,
        all_bills.has_two_currencies,
        anchor_months.is_provisional,
        coalesce(bill_parts.seat_amount, 0) as seat_amount,
        coalesce(bill_parts.seat_units, 0) as seat_units,
        coalesce(bill_parts.flat_amount, 0) as flat_amount,
        coalesce(bill_parts.flat_units, 0) as flat_units,
        coalesce(bill_parts.charged_amount, 0) as charged_amount,
        coalesce(bill_parts.discount_amount, 0) as discount_amount

    from all_bills

    inner join anchor_months
        on
            all_bills.account_id = anchor_months.account_id
            and all_bills.month = anchor_months.month

    inner join accounts
        on all_bills.account_id = accounts.account_id

    left join plans
        on all_bills.plan_id = plans.plan_id

    left join contract_intervals
        on all_bills.account_id = contract_intervals.account_id

    left join bill_parts
        on
            all_bills.account_id = bill_parts.account_id
            and all_bills.month = bill_parts.month
            and all_bills.parts_of = bill_parts.scenario_id

),

-- what a unit really cost: its share of the bill's discount taken off
discounted as (

    select
        described.*,
        case
            when discount_amount = 0 or charged_amount = 0
                then cast(seat_amount as decimal(38, 12))
            else {{ net_of_discount('seat_amount') }}
        end as exact_seat_amount,
        case
            when discount_amount = 0 or charged_amount = 0
                then cast(flat_amount as decimal(38, 12))
            else {{ net_of_discount('flat_amount') }}
        end as exact_flat_amount

    from described

),

bills as (

    select
        account_id,
        month,
        scenario_id,
        segment,
        region,
        plan_id,
        currency,
        billing_interval,
        bill,
        has_two_currencies,
        is_provisional,
        seat_amount,
        seat_units,
        flat_amount,
        flat_units,
        charged_amount,
        discount_amount,
        {{ rounded_amount('exact_seat_amount') }} as net_seat_amount,
        {{ rounded_amount('exact_flat_amount') }} as net_flat_amount

    from discounted

)

select * from bills
