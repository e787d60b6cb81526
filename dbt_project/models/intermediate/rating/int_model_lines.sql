{{ config(materialized='view') }}

with

rated_slices as (

    select * from {{ ref('int_bill_line_slices') }}

),

invoice_slices as (

    select * from {{ ref('int_invoice_slices') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

account_accuracy as (

    select * from {{ ref('int_account_accuracy') }}

),

-- an account whose rating does not meet its invoices shows the invoices as its current bill
rated as (

    select
        rated_slices.account_id,
        rated_slices.month,
        rated_slices.scenario_id,
        rated_slices.subscription_id,
        rated_slices.plan_id,
        rated_slices.charge_id,
        rated_slices.line_name as charge_name,
        rated_slices.line_kind,
        rated_slices.meter,
        rated_slices.service_start,
        rated_slices.service_end,
        rated_slices.quantity,
        rated_slices.included,
        rated_slices.billable,
        rated_slices.unit_price,
        rated_slices.tier,
        rated_slices.exact_amount,
        rated_slices.amount,
        rated_slices.currency,
        rated_slices.cause,
        rated_slices.explanation,
        rated_slices.price_version,
        rated_slices.event_id,
        rated_slices.line_key

    from rated_slices

    inner join account_accuracy
        on rated_slices.account_id = account_accuracy.account_id

    where
        rated_slices.scenario_id <> 'current'
        or account_accuracy.current_basis = 'rated'

),

invoiced as (

    select
        invoice_slices.account_id,
        invoice_slices.month,
        'current' as scenario_id,
        invoice_slices.subscription_id,
        coalesce(current_plans.plan_id, invoice_lines.plan_id, 'unknown') as plan_id,
        cast(null as varchar) as charge_id,
        coalesce(invoice_lines.description, invoice_lines.line_type) as charge_name,
        'invoiced' as line_kind,
        cast(null as varchar) as meter,
        invoice_lines.period_start as service_start,
        invoice_lines.period_end as service_end,
        cast(invoice_slices.quantity as decimal(28, 6)) as quantity,
        cast(null as decimal(28, 6)) as included,
        cast(invoice_slices.quantity as decimal(28, 6)) as billable,
        invoice_slices.unit_price,
        cast(null as integer) as tier,
        cast(invoice_slices.amount as decimal(38, 12)) as exact_amount,
        invoice_slices.amount,
        invoice_slices.currency,
        case
            when invoice_lines.line_type in ('seat', 'proration') then 'seats'
            when invoice_lines.line_type in ('flat', 'commitment') then 'platform'
            when invoice_lines.line_type = 'credit' then 'credits'
            else invoice_lines.line_type
        end as cause,
        concat(
            'As invoiced on ',
            invoice_slices.invoice_id,
            ', line ',
            invoice_slices.line_id,
            ': ',
            {{ price_text(
                'invoice_slices.amount', 'coalesce(currencies.minor_units, 2)'
            ) }},
            '.'
        ) as explanation,
        cast(null as varchar) as price_version,
        invoice_lines.source_event_id as event_id,
        concat(invoice_slices.invoice_id, chr(31), invoice_slices.line_id) as line_key

    from invoice_slices

    inner join invoice_lines
        on
            invoice_slices.invoice_id = invoice_lines.invoice_id
            and invoice_slices.line_id = invoice_lines.line_id

    inner join account_accuracy
        on invoice_slices.account_id = account_accuracy.account_id

    inner join current_plans
        on
            invoice_slices.account_id = current_plans.account_id
            and invoice_slices.month = current_plans.month

    left join currencies
        on invoice_slices.currency = currencies.currency

    where
        account_accuracy.current_basis = 'invoiced'
        and invoice_slices.line_type not in ('tax', 'one_off', 'goodwill')
        and invoice_slices.currency = coalesce(current_plans.currency, invoice_slices.currency)

),

lines as (

    select * from rated

    union all

    select * from invoiced

)

select * from lines
