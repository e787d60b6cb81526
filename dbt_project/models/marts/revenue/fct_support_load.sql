with

support_tickets as (

    select * from {{ ref('stg_support_tickets') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft')

),

export_status as (

    select * from {{ ref('stg_export_status') }}
    where export = 'support_tickets'

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

tickets as (

    select
        support_tickets.account_id,
        support_tickets.created_at,
        {{ month_of(local_day('support_tickets.created_at', 'settings.time_zone')) }} as month,
        {{ is_billing_topic("concat_ws(' ', support_tickets.topic, support_tickets.tags)") }}
            as is_billing,
        coalesce(support_tickets.topic, support_tickets.tags) is not null as has_topic

    from support_tickets

    cross join settings

),

knowledge as (

    select
        coalesce((select bool_or(export_status.is_present) from export_status), false)
            as has_tickets,
        coalesce((select bool_or(tickets.has_topic) from tickets), false) as has_topics

),

invoices as (

    select distinct
        invoice_lines.account_id,
        invoice_lines.invoice_id,
        invoice_lines.issued_at,
        {{ month_of(local_day('invoice_lines.issued_at', 'settings.time_zone')) }} as month

    from invoice_lines

    cross join settings

),

-- 720 hours are thirty days; a ticket exactly at their end still counts
invoiced as (

    select
        invoices.account_id,
        invoices.month,
        count(tickets.created_at) > 0 as has_shock_ticket,
        {{ add_hours('max(invoices.issued_at)', 720) }} as closes_at

    from invoices

    left join tickets
        on
            invoices.account_id = tickets.account_id
            and tickets.is_billing
            and tickets.created_at >= invoices.issued_at
            and tickets.created_at <= {{ add_hours('invoices.issued_at', 720) }}

    group by invoices.account_id, invoices.month

),

ticketed as (

    select
        account_id,
        month,
        count(*) as ticket_count,
        sum(case when is_billing then 1 else 0 end) as billing_ticket_count

    from tickets

    group by account_id, month

),

-- a month without a ticket has zero tickets while the account is active
present as (

    select
        accounts.account_id,
        calendar_months.month

    from accounts

    inner join calendar_months
        on
            accounts.started_on < calendar_months.month_end
            and (accounts.churned_on is null or accounts.churned_on > calendar_months.month)

),

named as (

    select
        account_id,
        month

    from present

    union distinct

    select
        account_id,
        month

    from invoiced

    union distinct

    select
        account_id,
        month

    from ticketed

),

described as (

    select
        named.account_id,
        named.month,
        accounts.segment,
        case when knowledge.has_tickets then coalesce(ticketed.ticket_count, 0) end
            as ticket_count,
        case
            when knowledge.has_tickets and knowledge.has_topics
                then coalesce(ticketed.billing_ticket_count, 0)
        end as billing_ticket_count,
        invoiced.account_id is not null as is_invoiced,
        case
            when knowledge.has_tickets and knowledge.has_topics
                then coalesce(invoiced.has_shock_ticket, false)
        end as has_shock_ticket,
        -- a ticket that came stays: only a month without one can still change
        coalesce(
            knowledge.has_tickets
            and knowledge.has_topics
            and not invoiced.has_shock_ticket
            and invoiced.closes_at > settings.as_of,
            false
        ) as has_open_window,
        calendar_months.is_provisional,
        case
            when not knowledge.has_tickets then 'no support_tickets export'
            when not knowledge.has_topics then 'tickets name no topic or tags'
        end as reason

    from named

    inner join accounts
        on named.account_id = accounts.account_id

    inner join calendar_months
        on named.month = calendar_months.month

    cross join knowledge

    cross join settings

    left join ticketed
        on
            named.account_id = ticketed.account_id
            and named.month = ticketed.month

    left join invoiced
        on
            named.account_id = invoiced.account_id
            and named.month = invoiced.month

),

typed as (

    select
        account_id,
        month,
        segment,
        cast(ticket_count as bigint) as ticket_count,
        cast(billing_ticket_count as bigint) as billing_ticket_count,
        is_invoiced,
        has_shock_ticket,
        has_open_window,
        is_provisional,
        reason

    from described

)

select * from typed
