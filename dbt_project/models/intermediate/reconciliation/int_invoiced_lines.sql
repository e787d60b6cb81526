with

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

-- tax is never rated; one-offs and goodwill are not part of the price model
compared_lines as (

    select * from invoice_lines
    where
        status not in ('void', 'draft')
        and line_type not in ('tax', 'one_off', 'goodwill')

),

subscribed as (

    select
        account_id,
        subscription_id,
        min(contract_id) as contract_id,
        count(*) as contract_count

    from contracts
    where subscription_id is not null
    group by account_id, subscription_id

),

searched as (

    select
        compared_lines.*,
        case when subscribed.contract_count = 1 then subscribed.contract_id end
            as own_contract_id,
        subscribed.contract_count is null as names_none

    from compared_lines

    left join subscribed
        on
            compared_lines.account_id = subscribed.account_id
            and compared_lines.subscription_id = subscribed.subscription_id

),

-- most lines name the only contract of their subscription, so there is nothing to choose
candidates as (

    select
        searched.invoice_id,
        searched.line_id,
        searched.period_start,
        contracts.contract_id,
        contracts.started_on,
        contracts.ended_on,
        coalesce(searched.plan_id = contracts.plan_id, false) as is_same_plan

    from searched

    inner join contracts
        on searched.account_id = contracts.account_id

    where
        searched.own_contract_id is null
        and (searched.names_none or searched.subscription_id = contracts.subscription_id)

),

-- a line without a contract belongs to one in force on the first day of its service: the one on its
-- plan, else the earliest; between two contracts to the one that ended last, before all to the
-- first
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
        searched.account_id,
        coalesce(searched.own_contract_id, ranked.contract_id, '') as contract_id,
        searched.line_type as line_kind,
        searched.invoice_id,
        searched.line_id,
        searched.source_event_id as event_id,
        searched.issued_at,
        searched.period_start as service_start,
        searched.period_end as service_end,
        searched.quantity,
        searched.unit_price,
        searched.amount,
        searched.currency

    from searched

    left join ranked
        on
            searched.invoice_id = ranked.invoice_id
            and searched.line_id = ranked.line_id
            and ranked.contract_rank = 1

)

select * from invoiced
