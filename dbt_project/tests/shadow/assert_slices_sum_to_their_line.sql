-- A row is an invoice line whose monthly slices do not add up to it.
with

lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft')

),

slices as (

    select
        invoice_id,
        line_id,
        sum(amount) as sliced_amount

    from {{ ref('int_invoice_slices') }}
    group by invoice_id, line_id

)

select
    lines.invoice_id,
    lines.line_id,
    lines.amount,
    slices.sliced_amount

from lines

left join slices
    on
        lines.invoice_id = slices.invoice_id
        and lines.line_id = slices.line_id

where slices.sliced_amount is null or lines.amount <> slices.sliced_amount
