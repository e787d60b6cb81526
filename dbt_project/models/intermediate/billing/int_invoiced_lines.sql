with

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

-- tax is never rated; one-offs and goodwill are no part of the price model
compared_lines as (

    select * from invoice_lines
    where
        status not in ('void', 'draft')
        and line_type not in ('tax', 'one_off', 'goodwill')

),

named as (

    select
        compared_lines.invoice_id,
        compared_lines.line_id,
        contracts.contract_id,
        contracts.started_on,
        contracts.ended_on,
        true as is_same_plan,
        compared_lines.period_start

    from compared_lines

    inner join contracts
        on
            compared_lines.account_id = contracts.account_id
            and compared_lines.subscription_id = contracts.subscription_id

),

unnamed as (

    select
        compared_lines.invoice_id,
        compared_lines.line_id,
        contracts.contract_id,
        contracts.started_on,
        contracts.ended_on,
        coalesce(compared_lines.plan_id = contracts.plan_id, false) as is_same_plan,
        compared_lines.period_start

    from compared_lines

    left join contracts as named_contracts
        on
            compared_lines.account_id = named_contracts.account_id
            and compared_lines.subscription_id = named_contracts.subscription_id

    inner join contracts
        on compared_lines.account_id = contracts.account_id

    where named_contracts.contract_id is null

),

candidates as (

    select * from named

    union all

    select * from unnamed

),

-- a line without a contract of its own goes with one in force on the first day of its service: on
-- its plan, else the earliest; between two with the one that ended last, before all with the first
ranked as (

    select
        invoice_id,
        line_id,
        contract_id,
        row_number() over (
            partition by invoice_id, line_id
            order by
                case
                    when started_on > period_start then 3
                    when ended_on <= period_start then 2
                    else 1
                end asc,
                case when ended_on <= period_start then ended_on end desc,
                is_same_plan desc,
                started_on asc,
                contract_id asc
        ) as contract_rank

    from candidates

),

invoiced as (

    select
        compared_lines.account_id,
        coalesce(ranked.contract_id, '') as contract_id,
        compared_lines.line_type as line_kind,
        compared_lines.invoice_id,
        compared_lines.line_id,
        compared_lines.source_event_id as event_id,
        compared_lines.issued_at,
        compared_lines.period_start as service_start,
        compared_lines.period_end as service_end,
        compared_lines.quantity,
        compared_lines.unit_price,
        compared_lines.amount,
        compared_lines.currency

    from compared_lines

    left join ranked
        on
            compared_lines.invoice_id = ranked.invoice_id
            and compared_lines.line_id = ranked.line_id
            and ranked.contract_rank = 1

)

select * from invoiced
