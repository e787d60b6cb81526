-- A row is an account and month under contract without a row of the current model.
select
    current_plans.account_id,
    current_plans.month

from {{ ref('int_current_plans') }} as current_plans

left join {{ ref('fct_shadow_bills') }} as bills
    on
        current_plans.account_id = bills.account_id
        and current_plans.month = bills.month
        and bills.scenario_id = 'current'

where bills.account_id is null
