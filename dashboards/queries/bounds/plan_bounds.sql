select
    cast(minimum_amount as varchar) as minimum_amount,
    cast(maximum_amount as varchar) as maximum_amount
from reference.plans
where plan_id = $plan_id
