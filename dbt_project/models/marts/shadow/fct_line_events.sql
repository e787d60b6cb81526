with

line_events as (

    select * from {{ ref('int_line_events') }}

),

shadow_lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

matched_lines as (

    select * from {{ ref('int_matched_lines') }}
    where invoice_id is not null

),

shadow as (

    select
        shadow_lines.account_id,
        line_events.event_id,
        line_events.link,
        shadow_lines.scenario_id,
        shadow_lines.month,
        shadow_lines.line_number,
        cast(null as varchar) as invoice_id,
        cast(null as varchar) as line_id

    from shadow_lines

    inner join line_events
        on shadow_lines.line_key = line_events.line_key

),

-- an invoice line is changed by the events of the expected line that it matches
expected as (

    select
        matched_lines.account_id,
        line_events.event_id,
        line_events.link,
        matched_lines.invoice_id,
        matched_lines.line_id

    from matched_lines

    inner join line_events
        on matched_lines.expected_line_key = line_events.line_key

),

-- an event named on the invoice line causes it, whatever the model expects
named as (

    select
        account_id,
        event_id,
        'change' as link,
        invoice_id,
        line_id

    from matched_lines

    where event_id is not null

),

invoice_links as (

    select
        account_id,
        event_id,
        invoice_id,
        line_id,
        min(link) as link

    from (
        select * from expected

        union all

        select * from named
    ) as invoiced

    group by account_id, event_id, invoice_id, line_id

),

-- the current bill of an account whose rating does not match its invoices consists of the invoice
-- lines
shadow_invoiced as (

    select
        shadow_lines.account_id,
        invoice_links.event_id,
        invoice_links.link,
        shadow_lines.scenario_id,
        shadow_lines.month,
        shadow_lines.line_number,
        cast(null as varchar) as invoice_id,
        cast(null as varchar) as line_id

    from shadow_lines

    inner join invoice_links
        on
            shadow_lines.line_key
            = concat(invoice_links.invoice_id, chr(31), invoice_links.line_id)

    where shadow_lines.line_kind = 'invoiced'

),

links as (

    select * from shadow

    union all

    select * from shadow_invoiced

    union all

    select
        account_id,
        event_id,
        link,
        cast(null as varchar) as scenario_id,
        cast(null as date) as month,
        cast(null as integer) as line_number,
        invoice_id,
        line_id

    from invoice_links

)

select * from links
