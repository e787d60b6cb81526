with

invoice_slices as (

    select * from {{ ref('int_invoice_slices') }}

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

-- tax, one-offs and goodwill are no part of a model
described as (

    select
        invoice_slices.account_id,
        invoice_slices.month,
        cast(sum(invoice_slices.amount) as decimal(18, 4)) as invoiced_amount

    from invoice_slices

    inner join current_plans
        on
            invoice_slices.account_id = current_plans.account_id
            and invoice_slices.month = current_plans.month

    where
        invoice_slices.line_type not in ('tax', 'one_off', 'goodwill')
        and invoice_slices.currency = coalesce(current_plans.currency, invoice_slices.currency)

    group by invoice_slices.account_id, invoice_slices.month

)

select * from described
