select
    bills.plan_id,
    plans.plan_name,
    plans.currency
from marts.fct_shadow_bills as bills
inner join reference.plans on bills.plan_id = plans.plan_id
where bills.scenario_id = $scenario_id
group by all
order by count(*) desc, bills.plan_id
