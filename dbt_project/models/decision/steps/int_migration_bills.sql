with

shadow_bills as (

    select * from {{ ref('fct_shadow_bills') }}

),

account_months as (

    select * from {{ ref('int_account_months') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

model_bills as (

    select * from {{ ref('int_model_bills') }}

),

-- an anchor month belongs to the calendar month in which it closes
closed as (

    select
        shadow_bills.account_id,
        shadow_bills.scenario_id,
        shadow_bills.segment,
        shadow_bills.month,
        shadow_bills.period_end,
        {{ month_of(add_days('shadow_bills.period_end', '-1')) }} as closed_month,
        shadow_bills.currency,
        shadow_bills.current_amount,
        shadow_bills.amount as proposed_amount,
        -- what a cap on the rise takes off for a while; limits look at the bill without it
        coalesce(model_bills.grandfathering_amount, 0) as grandfathering_amount,
        shadow_bills.current_amount_reporting as current_reporting,
        shadow_bills.amount_reporting as proposed_reporting,
        case
            when coalesce(model_bills.grandfathering_amount, 0) = 0 then 0
            else {{ converted_money('model_bills.grandfathering_amount', 'month_rates.rate') }}
        end as grandfathering_reporting,
        -- what the cap on the rise would take off, had the proposal begun with this month
        coalesce(model_bills.relief_amount, 0) as relief_amount,
        case
            when coalesce(model_bills.relief_amount, 0) = 0 then 0
            else {{ converted_money('model_bills.relief_amount', 'month_rates.rate') }}
        end as relief_reporting,
        model_bills.max_increase_periods,
        account_months.cost

    from shadow_bills

    left join model_bills
        on
            shadow_bills.account_id = model_bills.account_id
            and shadow_bills.month = model_bills.month
            and shadow_bills.scenario_id = model_bills.scenario_id

    left join month_rates
        on
            shadow_bills.currency = month_rates.currency
            and shadow_bills.month = month_rates.month

    left join account_months
        on
            shadow_bills.account_id = account_months.account_id
            and shadow_bills.month = account_months.month

    where
        shadow_bills.scenario_id <> 'current'
        and not shadow_bills.is_provisional
        and shadow_bills.is_available
        and shadow_bills.amount is not null
        and shadow_bills.current_amount is not null

),

-- short keys for millions of pairs of months, and in the same order the last bill of each month
numbered as (

    select
        closed.*,
        row_number() over (
            order by account_id, scenario_id, closed_month, period_end, month
        ) as bill_number,
        lead(account_id) over (
            order by account_id, scenario_id, closed_month, period_end, month
        ) as next_account_id,
        lead(scenario_id) over (
            order by account_id, scenario_id, closed_month, period_end, month
        ) as next_scenario_id,
        lead(closed_month) over (
            order by account_id, scenario_id, closed_month, period_end, month
        ) as next_closed_month

    from closed

),

final as (

    select
        account_id,
        scenario_id,
        segment,
        month,
        closed_month,
        not coalesce(
            account_id = next_account_id
            and scenario_id = next_scenario_id
            and closed_month = next_closed_month,
            false
        ) as is_latest,
        bill_number,
        -- the bills that it compares with, by the first of them
        first_value(bill_number) over (
            partition by account_id, scenario_id, currency
            order by closed_month, month
        ) as series_number,
        row_number() over (
            partition by account_id, scenario_id, currency
            order by closed_month, month
        ) as series_place,
        currency,
        cast(current_amount as decimal(18, 4)) as current_amount,
        cast(proposed_amount as decimal(18, 4)) as proposed_amount,
        cast(grandfathering_amount as decimal(18, 4)) as grandfathering_amount,
        cast(current_reporting as decimal(18, 4)) as current_reporting,
        cast(proposed_reporting as decimal(18, 4)) as proposed_reporting,
        cast(grandfathering_reporting as decimal(18, 4)) as grandfathering_reporting,
        cast(relief_amount as decimal(18, 4)) as relief_amount,
        cast(relief_reporting as decimal(18, 4)) as relief_reporting,
        max_increase_periods,
        cast(cost as decimal(18, 4)) as cost

    from numbered

)

select * from final
