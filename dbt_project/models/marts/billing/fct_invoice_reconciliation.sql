with

reconciliation as (

    select * from {{ ref('int_invoice_reconciliation') }}

),

described as (

    select
        account_id,
        period_start,
        period_end,
        month,
        line_key,
        line_kind,
        segment,
        currency,
        expected_quantity,
        known_quantity,
        invoiced_quantity,
        expected_amount,
        invoiced_amount,
        difference,
        is_matched,
        reason,
        sentence,
        invoice_id,
        line_id,
        event_id

    from reconciliation

)

select * from described
