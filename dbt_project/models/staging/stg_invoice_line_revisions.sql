with

invoice_lines as (

    select * from {{ source('raw', 'invoice_lines') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- same order as in stg_invoice_lines, so the last revision here is the row there
ranked as (

    select
        invoice_lines.*,
        row_number() over (
            partition by invoice_lines.invoice_id, invoice_lines.line_id
            order by
                {{ revision_order('invoice_lines', latest_first=false) }}
        ) as revision,
        count(*) over (
            partition by invoice_lines.invoice_id, invoice_lines.line_id
        ) as revision_count

    from invoice_lines

    inner join settings
        on invoice_lines.recorded_at <= settings.as_of

),

renamed as (

    select
        invoice_id,
        line_id,
        cast(revision as integer) as revision,
        revision = revision_count as is_latest,
        account_id,
        issued_at,
        period_start,
        period_end,
        amount,
        currency,
        line_type,
        quantity,
        unit_price,
        plan_id,
        subscription_id,
        source_event_id,
        status,
        recorded_at

    from ranked

)

select * from renamed
