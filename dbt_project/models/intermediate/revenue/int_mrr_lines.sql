with

revisions as (

    select * from {{ ref('stg_invoice_line_revisions') }}
    where
        line_type in ('seat', 'flat', 'commitment', 'proration', 'discount', 'usage')
        and status <> 'draft'

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

events as (

    select
        event_id,
        min(recorded_at) as recorded_at

    from seat_changes
    group by event_id

),

account_intervals as (

    select
        account_id,
        min(interval_months) as interval_months

    from contracts
    group by account_id

),

-- an account whose lines do not all name a contract is treated as one contract
namings as (

    select
        revisions.account_id,
        min(case when contracts.contract_id is null then 0 else 1 end) = 1 as is_named

    from revisions

    left join contracts
        on
            revisions.account_id = contracts.account_id
            and revisions.subscription_id = contracts.contract_id

    group by revisions.account_id

),

keyed as (

    select
        revisions.*,
        case when namings.is_named then revisions.subscription_id else '' end as contract_key

    from revisions

    inner join namings
        on revisions.account_id = namings.account_id

),

-- a line that bills a seat event became known with the event; any other line with its own record
described as (

    select
        keyed.invoice_id,
        keyed.line_id,
        keyed.revision,
        keyed.is_latest,
        keyed.account_id,
        keyed.contract_key,
        keyed.currency,
        keyed.line_type,
        keyed.amount,
        keyed.quantity,
        keyed.unit_price,
        keyed.period_start as service_start,
        greatest(keyed.period_end, {{ add_days('keyed.period_start', '1') }}) as service_end,
        case
            when plans.billing_interval = 'year' then 12
            when plans.billing_interval = 'quarter' then 3
            when plans.billing_interval = 'month' then 1
            else coalesce(contracts.interval_months, account_intervals.interval_months, 1)
        end as interval_months,
        keyed.issued_at,
        case
            when keyed.revision = 1 and events.recorded_at is not null
                then least(events.recorded_at, keyed.recorded_at)
            else keyed.recorded_at
        end as known_at,
        events.event_id is not null as has_event,
        keyed.status = 'void' as is_void

    from keyed

    left join events
        on keyed.source_event_id = events.event_id

    left join plans
        on keyed.plan_id = plans.plan_id

    left join contracts
        on
            keyed.account_id = contracts.account_id
            and keyed.contract_key = contracts.contract_id

    left join account_intervals
        on keyed.account_id = account_intervals.account_id

)

select * from described
