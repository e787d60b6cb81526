with

model_bills as (

    select * from {{ ref('int_model_bills') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

rated as (

    select
        model_bills.*,
        month_rates.rate

    from model_bills

    left join month_rates
        on
            model_bills.currency = month_rates.currency
            and model_bills.month = month_rates.month

),

converted as (

    select
        rated.*,
        cast(amount - current_amount as decimal(18, 4)) as difference,
        {{ converted_money('amount', 'rate') }} as amount_reporting,
        {{ converted_money('current_amount', 'rate') }} as current_amount_reporting

    from rated

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
        sentence,
        is_provisional

    from converted

)

select * from bills
