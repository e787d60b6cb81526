with

proposed as (

    select distinct
        plans.plan_name,
        plans.family,
        plans.billing_interval
    from reference.scenarios
    inner join reference.plans on scenarios.plan_id = plans.plan_id
    where scenarios.scenario_id = $scenario_id

),

billed as (

    select
        plan_id,
        count(distinct account_id) as accounts
    from marts.fct_shadow_bills
    where scenario_id = $scenario_id
    group by plan_id

)

select
    plans.plan_id,
    plans.plan_name,
    plans.currency,
    plans.billing_interval,
    list(plans.currency) over (
        partition by plans.plan_name, plans.family, plans.billing_interval
    ) as currencies
from reference.plans
inner join proposed
    on
        plans.plan_name = proposed.plan_name
        and plans.family = proposed.family
        and plans.billing_interval = proposed.billing_interval
inner join billed on plans.plan_id = billed.plan_id
qualify
    row_number() over (
        partition by plans.plan_name, plans.family, plans.billing_interval
        order by billed.accounts desc, plans.plan_id asc
    ) = 1
order by
    sum(billed.accounts) over (
        partition by plans.plan_name, plans.family, plans.billing_interval
    ) desc,
    plans.plan_id asc
