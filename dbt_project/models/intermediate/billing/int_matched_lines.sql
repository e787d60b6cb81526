with

expected_lines as (

    select * from {{ ref('int_expected_lines') }}

),

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

),

-- events identify proration lines only where the billing system writes them on its lines
event_writers as (

    select distinct account_id
    from invoiced
    where event_id is not null

),

keyed_expected as (

    select
        expected_lines.*,
        concat(
            expected_lines.contract_id,
            ' ',
            expected_lines.line_kind,
            ' ',
            case
                when expected_lines.event_id is not null and event_writers.account_id is not null
                    then expected_lines.event_id
                else cast(expected_lines.service_start as varchar)
            end
        ) as match_key

    from expected_lines

    left join event_writers
        on expected_lines.account_id = event_writers.account_id

),

keyed_invoiced as (

    select
        invoiced.*,
        concat(
            contract_id,
            ' ',
            line_kind,
            ' ',
            coalesce(event_id, cast(service_start as varchar))
        ) as match_key

    from invoiced

),

-- several lines of one key pair up by size
ranked_expected as (

    select
        keyed_expected.*,
        row_number() over (
            partition by account_id, match_key
            order by amount desc, line_key asc
        ) as match_rank

    from keyed_expected

),

ranked_invoiced as (

    select
        keyed_invoiced.*,
        row_number() over (
            partition by account_id, match_key
            order by amount desc, invoice_id asc, line_id asc
        ) as match_rank

    from keyed_invoiced

),

matched as (

    select
        coalesce(expected.account_id, invoiced.account_id) as account_id,
        coalesce(expected.contract_id, invoiced.contract_id) as contract_id,
        coalesce(expected.line_kind, invoiced.line_kind) as line_kind,
        concat(
            coalesce(expected.match_key, invoiced.match_key),
            ' ',
            cast(coalesce(expected.match_rank, invoiced.match_rank) as varchar)
        ) as line_key,
        coalesce(expected.event_id, invoiced.event_id) as event_id,
        expected.event_type,
        expected.recorded_at,
        expected.period_end_at,
        expected.is_due,
        expected.is_closed,
        coalesce(expected.service_start, invoiced.service_start) as service_start,
        coalesce(expected.service_end, invoiced.service_end) as service_end,
        expected.service_start_at,
        invoiced.invoice_id,
        invoiced.line_id,
        invoiced.issued_at,
        expected.quantity as expected_quantity,
        invoiced.quantity as invoiced_quantity,
        expected.unit_price as expected_unit_price,
        invoiced.unit_price as invoiced_unit_price,
        expected.amount as expected_amount,
        invoiced.amount as invoiced_amount,
        expected.currency as expected_currency,
        invoiced.currency as invoiced_currency

    from ranked_expected as expected

    full outer join ranked_invoiced as invoiced
        on
            expected.account_id = invoiced.account_id
            and expected.match_key = invoiced.match_key
            and expected.match_rank = invoiced.match_rank

    where invoiced.invoice_id is not null or expected.is_due

)

select * from matched
