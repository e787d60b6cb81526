with

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

first_contracts as (

    select
        account_id,
        min_by(contract_id, concat(cast(started_on as varchar), contract_id)) as contract_id

    from contracts
    group by account_id

),

-- tax is never rated; one-offs and goodwill are no part of the price model
invoiced as (

    select
        invoice_lines.account_id,
        coalesce(contracts.contract_id, first_contracts.contract_id, '') as contract_id,
        invoice_lines.line_type as line_kind,
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        invoice_lines.source_event_id as event_id,
        invoice_lines.issued_at,
        invoice_lines.period_start as service_start,
        invoice_lines.period_end as service_end,
        invoice_lines.quantity,
        invoice_lines.unit_price,
        invoice_lines.amount,
        invoice_lines.currency

    from invoice_lines

    left join contracts
        on
            invoice_lines.account_id = contracts.account_id
            and invoice_lines.subscription_id = contracts.contract_id

    left join first_contracts
        on invoice_lines.account_id = first_contracts.account_id

    where
        invoice_lines.status not in ('void', 'draft')
        and invoice_lines.line_type not in ('tax', 'one_off', 'goodwill')

)

select * from invoiced
