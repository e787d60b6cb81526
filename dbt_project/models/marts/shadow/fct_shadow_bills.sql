with

model_bills as (

    select * from {{ ref('int_model_bills') }}

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

line_totals as (

    select
        account_id,
        month,
        scenario_id,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(exact_amount) as decimal(38, 12)) as exact_amount

    from lines
    group by account_id, month, scenario_id

),

rated as (

    select
        model_bills.account_id,
        model_bills.period_start,
        model_bills.period_end,
        model_bills.month,
        model_bills.scenario_id,
        current_plans.segment,
        model_bills.plan_id,
        model_bills.currency,
        -- a bill without a line is a bill over nothing, which is not the same as no bill
        case when model_bills.reason is null then coalesce(line_totals.amount, 0) end as amount,
        case when model_bills.reason is null then coalesce(line_totals.exact_amount, 0) end
            as exact_amount,
        model_bills.current_basis,
        model_bills.invoiced_amount,
        model_bills.reason,
        anchor_months.is_provisional

    from model_bills

    inner join anchor_months
        on
            model_bills.account_id = anchor_months.account_id
            and model_bills.month = anchor_months.month

    inner join current_plans
        on
            model_bills.account_id = current_plans.account_id
            and model_bills.month = current_plans.month

    left join line_totals
        on
            model_bills.account_id = line_totals.account_id
            and model_bills.month = line_totals.month
            and model_bills.scenario_id = line_totals.scenario_id

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
