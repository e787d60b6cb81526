with

invoice_lines as (

    select * from {{ source('raw', 'invoice_lines') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        invoice_lines.*,
        row_number() over (
            partition by invoice_lines.invoice_id, invoice_lines.line_id
            order by
                invoice_lines.recorded_at desc,
                invoice_lines.exported_at desc,
                invoice_lines._file asc,
                invoice_lines._row asc
        ) as revision_rank

    from invoice_lines

    inner join settings
        on invoice_lines.recorded_at <= settings.as_of

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

    where revision_rank = 1

)

select * from renamed
