with

invoice_lines as (  -- noqa: ST03

    select * from {{ source('raw', 'invoice_lines') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('invoice_lines', ['invoice_id', 'line_id']) }})

),

renamed as (

    select
        invoice_id,
        line_id,
        account_id,
        issued_at,
        period_start,
        period_end,
        amount,
        currency,
        line_type,
        quantity,
        unit_price,
        list_unit_price,
        plan_id,
        subscription_id,
        source_event_id,
        status,
        tax_amount,
        description,
        recorded_at,
        _file,
        _row

    from known

)

select * from renamed
