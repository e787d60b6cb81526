with

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

lines as (

    select * from {{ ref('int_model_lines') }}
    where scenario_id = 'current'

),

account_accuracy as (

    select * from {{ ref('int_account_accuracy') }}

),

invoice_slices as (

    select * from {{ ref('int_invoice_slices') }}

),

refused_bills as (

    select * from {{ ref('int_refused_bills') }}
    where scenario_id = 'current'

),

quarantine_gaps as (

    select * from {{ ref('int_quarantine_gaps') }}
    where span = 'anchor' and basis = 'invoices'

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

-- tax, one-offs and goodwill are no part of a model
invoiced as (

    select
        invoice_slices.account_id,
        invoice_slices.month,
        cast(sum(invoice_slices.amount) as decimal(18, 4)) as invoiced_amount

    from invoice_slices

    inner join current_plans
        on
            invoice_slices.account_id = current_plans.account_id
            and invoice_slices.month = current_plans.month

    where
        invoice_slices.line_type not in ('tax', 'one_off', 'goodwill')
        and invoice_slices.currency = coalesce(current_plans.currency, invoice_slices.currency)

    group by invoice_slices.account_id, invoice_slices.month

),

line_totals as (

    select
        account_id,
        month,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(exact_amount) as decimal(38, 12)) as exact_amount

    from lines
    group by account_id, month

),

bills as (

    select
        current_plans.account_id,
        current_plans.month,
        anchor_months.period_start,
        anchor_months.period_end,
        anchor_months.is_provisional,
        current_plans.segment,
        current_plans.plan_id,
        current_plans.currency,
        case
            when
                account_accuracy.current_basis = 'invoiced'
                and quarantine_gaps.account_id is not null
                then 'invoices_quarantined'
            when account_accuracy.current_basis = 'invoiced' and invoiced.account_id is null
                then 'not_invoiced'
            -- the invoices of an account that shows them need no rating
            when account_accuracy.current_basis = 'invoiced' then null
            when plans.plan_id is null then 'no_plan'
            else refused_bills.reason
        end as reason,
        case
            when account_accuracy.current_basis = 'invoiced' then quarantine_gaps.sentence
            when plans.plan_id is not null then refused_bills.sentence
        end as sentence,
        account_accuracy.current_basis,
        invoiced.invoiced_amount,
        -- a bill without a line is a bill over nothing, which is not the same as no bill
        coalesce(line_totals.amount, 0) as amount,
        coalesce(line_totals.exact_amount, 0) as exact_amount

    from current_plans

    inner join account_accuracy
        on current_plans.account_id = account_accuracy.account_id

    inner join anchor_months
        on
            current_plans.account_id = anchor_months.account_id
            and current_plans.month = anchor_months.month

    left join plans
        on current_plans.plan_id = plans.plan_id

    left join invoiced
        on
            current_plans.account_id = invoiced.account_id
            and current_plans.month = invoiced.month

    left join refused_bills
        on
            current_plans.account_id = refused_bills.account_id
            and current_plans.month = refused_bills.month

    left join quarantine_gaps
        on
            current_plans.account_id = quarantine_gaps.account_id
            and current_plans.month = quarantine_gaps.month

    left join line_totals
        on
            current_plans.account_id = line_totals.account_id
            and current_plans.month = line_totals.month

),

typed as (

    select
        account_id,
        month,
        period_start,
        period_end,
        is_provisional,
        segment,
        plan_id,
        currency,
        reason,
        sentence,
        current_basis,
        invoiced_amount,
        cast(case when reason is null then amount end as decimal(18, 4)) as amount,
        cast(case when reason is null then exact_amount end as decimal(38, 12)) as exact_amount

    from bills

)

select * from typed
