with

expected_lines as (

    select * from {{ ref('int_expected_lines') }}

),

expected_discounts as (

    select * from {{ ref('int_expected_discounts') }}

),

invoiced as (

    select * from {{ ref('int_invoiced_lines') }}

),

-- events identify proration lines only if the billing system writes them on its lines
event_writers as (

    select distinct account_id
    from invoiced
    where line_kind = 'proration' and event_id is not null

),

keyed_lines as (

    select
        expected_lines.account_id,
        expected_lines.contract_id,
        expected_lines.line_kind,
        expected_lines.line_key,
        expected_lines.unit_id,
        expected_lines.charge_id,
        expected_lines.event_id,
        expected_lines.event_type,
        expected_lines.recorded_at,
        expected_lines.service_start,
        expected_lines.service_end,
        expected_lines.service_start_at,
        expected_lines.service_end_at,
        expected_lines.period_end_at,
        expected_lines.is_share,
        expected_lines.quantity,
        expected_lines.billable,
        expected_lines.unit_price,
        expected_lines.amount,
        expected_lines.currency,
        expected_lines.is_due,
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

keyed_discounts as (

    select
        account_id,
        contract_id,
        'discount' as line_kind,
        invoice_id as line_key,
        cast(null as varchar) as unit_id,
        cast(null as varchar) as charge_id,
        cast(null as varchar) as event_id,
        cast(null as varchar) as event_type,
        cast(null as timestamp) as recorded_at,
        service_start,
        service_end,
        cast(null as timestamp) as service_start_at,
        cast(null as timestamp) as service_end_at,
        cast(null as timestamp) as period_end_at,
        false as is_share,
        cast(null as decimal(28, 6)) as quantity,
        cast(null as decimal(28, 6)) as billable,
        cast(null as decimal(18, 9)) as unit_price,
        amount,
        currency,
        true as is_due,
        concat(contract_id, ' discount ', invoice_id) as match_key

    from expected_discounts

),

keyed_expected as (

    select * from keyed_lines

    union all

    select * from keyed_discounts

),

keyed_invoiced as (

    select
        invoiced.*,
        concat(
            contract_id,
            ' ',
            line_kind,
            ' ',
            case
                when line_kind = 'discount' then invoice_id
                when line_kind = 'proration'
                    then coalesce(event_id, cast(service_start as varchar))
                else cast(service_start as varchar)
            end
        ) as match_key

    from invoiced

),

-- among several lines with one key, equal amounts are matched first, the others by size
equal_expected as (

    select
        keyed_expected.*,
        row_number() over (
            partition by account_id, match_key, amount
            order by line_key
        ) as equal_rank

    from keyed_expected

),

equal_invoiced as (

    select
        keyed_invoiced.*,
        row_number() over (
            partition by account_id, match_key, amount
            order by invoice_id, line_id
        ) as equal_rank

    from keyed_invoiced

),

paired_expected as (

    select
        equal_expected.*,
        equal_invoiced.account_id is not null as is_equal

    from equal_expected

    left join equal_invoiced
        on
            equal_expected.account_id = equal_invoiced.account_id
            and equal_expected.match_key = equal_invoiced.match_key
            and equal_expected.amount = equal_invoiced.amount
            and equal_expected.equal_rank = equal_invoiced.equal_rank

),

paired_invoiced as (

    select
        equal_invoiced.*,
        equal_expected.account_id is not null as is_equal

    from equal_invoiced

    left join equal_expected
        on
            equal_invoiced.account_id = equal_expected.account_id
            and equal_invoiced.match_key = equal_expected.match_key
            and equal_invoiced.amount = equal_expected.amount
            and equal_invoiced.equal_rank = equal_expected.equal_rank

),

ranked_expected as (

    select
        paired_expected.*,
        row_number() over (
            partition by account_id, match_key
            order by is_equal desc, amount desc, line_key asc
        ) as match_rank

    from paired_expected

),

ranked_invoiced as (

    select
        paired_invoiced.*,
        row_number() over (
            partition by account_id, match_key
            order by is_equal desc, amount desc, invoice_id asc, line_id asc
        ) as match_rank

    from paired_invoiced

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
        expected.line_key as expected_line_key,
        expected.unit_id,
        expected.charge_id,
        coalesce(expected.event_id, invoiced.event_id) as event_id,
        expected.event_type,
        expected.recorded_at,
        expected.period_end_at,
        expected.is_due,
        coalesce(expected.service_start, invoiced.service_start) as service_start,
        coalesce(expected.service_end, invoiced.service_end) as service_end,
        expected.service_start_at,
        expected.service_end_at,
        invoiced.invoice_id,
        invoiced.line_id,
        invoiced.issued_at,
        expected.is_share or expected.service_end <> invoiced.service_end as is_share,
        expected.quantity as expected_quantity,
        expected.billable as expected_billable,
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

),

-- what remains to be billed for a period is on the next invoice, unless it became known after that
-- one
next_invoices as (

    select
        matched.account_id,
        matched.line_key,
        min(invoiced.issued_at) as billed_at

    from matched

    inner join invoiced
        on
            matched.account_id = invoiced.account_id
            and matched.contract_id = invoiced.contract_id
            and matched.period_end_at <= invoiced.issued_at

    where matched.invoice_id is null and matched.event_id is not null

    group by matched.account_id, matched.line_key

),

described as (

    select
        matched.*,
        coalesce(matched.issued_at, next_invoices.billed_at, matched.period_end_at) as billed_at

    from matched

    left join next_invoices
        on
            matched.account_id = next_invoices.account_id
            and matched.line_key = next_invoices.line_key

)

select * from described
