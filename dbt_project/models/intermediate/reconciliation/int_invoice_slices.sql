with

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

anchors as (  -- noqa: ST03

    select * from {{ ref('int_account_anchors') }}

),

currencies as (  -- noqa: ST03

    select * from {{ ref('stg_currencies') }}

),

issued as (  -- noqa: ST03

    select
        concat(invoice_id, chr(31), line_id) as line_key,
        invoice_id,
        line_id,
        account_id,
        subscription_id,
        line_type,
        currency,
        amount,
        quantity,
        unit_price,
        issued_at,
        period_start as service_start,
        period_end as service_end

    from invoice_lines
    where status not in ('void', 'draft')

),

sliced as (

    select * from ({{ sliced_lines('issued', 'anchors', 'currencies') }})

),

slices as (

    select
        invoice_id,
        line_id,
        account_id,
        subscription_id,
        slice_month as month,
        line_type,
        currency,
        slice_amount as amount,
        quantity,
        unit_price,
        issued_at

    from sliced

)

select * from slices
