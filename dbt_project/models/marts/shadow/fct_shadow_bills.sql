with

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

proposed_plans as (

    select * from {{ ref('int_proposed_plans') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

account_accuracy as (

    select * from {{ ref('fct_account_accuracy') }}

),

invoice_slices as (

    select * from {{ ref('int_invoice_slices') }}

),

refused_bills as (

    select * from {{ ref('int_refused_bills') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

line_totals as (

    select
        account_id,
        month,
        scenario_id,
        count(*) as line_count,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(exact_amount) as decimal(38, 12)) as exact_amount

    from lines
    group by account_id, month, scenario_id

),

-- what was invoiced in the account's currency; tax, one-offs and goodwill are no part of a model
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

current_model as (

    select
        current_plans.account_id,
        current_plans.month,
        'current' as scenario_id,
        current_plans.plan_id,
        current_plans.currency,
        case
            when account_accuracy.current_basis = 'invoiced' and invoiced.account_id is null
                then 'not_invoiced'
            when account_accuracy.current_basis = 'invoiced' then null
            when plans.plan_id is null then 'no_plan'
            else refused_bills.reason
        end as reason

    from current_plans

    inner join account_accuracy
        on current_plans.account_id = account_accuracy.account_id

    left join plans
        on current_plans.plan_id = plans.plan_id

    left join refused_bills
        on
            current_plans.account_id = refused_bills.account_id
            and current_plans.month = refused_bills.month
            and refused_bills.scenario_id = 'current'

    left join invoiced
        on
            current_plans.account_id = invoiced.account_id
            and current_plans.month = invoiced.month

),

bill_keys as (

    select * from current_model

    union all

    select
        proposed_plans.account_id,
        proposed_plans.month,
        proposed_plans.scenario_id,
        proposed_plans.plan_id,
        proposed_plans.currency,
        coalesce(proposed_plans.reason, refused_bills.reason) as reason

    from proposed_plans

    left join refused_bills
        on
            proposed_plans.account_id = refused_bills.account_id
            and proposed_plans.month = refused_bills.month
            and proposed_plans.scenario_id = refused_bills.scenario_id

),

rated as (

    select
        bill_keys.account_id,
        anchor_months.period_start,
        anchor_months.period_end,
        bill_keys.month,
        bill_keys.scenario_id,
        current_plans.segment,
        bill_keys.plan_id,
        bill_keys.currency,
        -- a bill without a line is a bill over nothing, which is not the same as no bill
        case when bill_keys.reason is null then coalesce(line_totals.amount, 0) end as amount,
        case when bill_keys.reason is null then coalesce(line_totals.exact_amount, 0) end
            as exact_amount,
        account_accuracy.current_basis,
        invoiced.invoiced_amount,
        bill_keys.reason,
        anchor_months.is_provisional

    from bill_keys

    inner join anchor_months
        on
            bill_keys.account_id = anchor_months.account_id
            and bill_keys.month = anchor_months.month

    inner join current_plans
        on
            bill_keys.account_id = current_plans.account_id
            and bill_keys.month = current_plans.month

    inner join account_accuracy
        on bill_keys.account_id = account_accuracy.account_id

    left join line_totals
        on
            bill_keys.account_id = line_totals.account_id
            and bill_keys.month = line_totals.month
            and bill_keys.scenario_id = line_totals.scenario_id

    left join invoiced
        on
            bill_keys.account_id = invoiced.account_id
            and bill_keys.month = invoiced.month

),

current_bills as (

    select * from rated
    where scenario_id = 'current'

),

-- bills in two currencies are never subtracted
compared as (

    select
        rated.account_id,
        rated.period_start,
        rated.period_end,
        rated.month,
        rated.scenario_id,
        rated.segment,
        rated.plan_id,
        rated.currency,
        rated.amount,
        rated.exact_amount,
        case when rated.currency = current_bills.currency then current_bills.amount end
            as current_amount,
        rated.current_basis,
        rated.invoiced_amount,
        rated.reason,
        rated.is_provisional,
        month_rates.rate

    from rated

    inner join current_bills
        on
            rated.account_id = current_bills.account_id
            and rated.month = current_bills.month

    left join month_rates
        on
            rated.currency = month_rates.currency
            and rated.month = month_rates.month

),

converted as (

    select
        compared.*,
        cast(amount - current_amount as decimal(18, 4)) as difference,
        {{ converted_money('amount', 'rate') }} as amount_reporting,
        {{ converted_money('current_amount', 'rate') }} as current_amount_reporting

    from compared

),

bills as (

    select
        account_id,
        period_start,
        period_end,
        month,
        scenario_id,
        segment,
        plan_id,
        currency,
        cast(amount as decimal(18, 4)) as amount,
        cast(exact_amount as decimal(38, 12)) as exact_amount,
        cast(current_amount as decimal(18, 4)) as current_amount,
        current_basis,
        invoiced_amount,
        difference,
        case when current_amount > 0 then {{ ratio('difference', 'current_amount') }} end
            as difference_ratio,
        amount_reporting,
        current_amount_reporting,
        cast(amount_reporting - current_amount_reporting as decimal(18, 4))
            as difference_reporting,
        reason is null as is_available,
        reason,
        is_provisional

    from converted

)

select * from bills
