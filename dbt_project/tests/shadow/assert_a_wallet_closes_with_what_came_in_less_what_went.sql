-- A row is a wallet in a month in which credits appeared or disappeared, or whose opening differs
-- from the previous closing.
with

wallet as (

    select
        *,
        lag(closing) over (
            partition by account_id, scenario_id, subscription_id, plan_id
            order by month
        ) as closing_before,
        lag(period_end) over (
            partition by account_id, scenario_id, subscription_id, plan_id
            order by month
        ) as end_before

    from {{ ref('fct_wallet') }}

)

select
    account_id,
    scenario_id,
    plan_id,
    month

from wallet
where
    opening + granted + rolled_in - drawn - expired <> closing
    or demand <> drawn + grace + overage + refused + throttled + unbilled
    or (end_before = period_start and opening + rolled_in <> closing_before)
