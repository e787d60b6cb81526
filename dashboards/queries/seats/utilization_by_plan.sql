select
    plan_id,
    accounts,
    billable_seats,
    active_seats,
    value,
    reason
from marts.plan_utilization($segment, $currency, try_cast($month || '-01' as date))
order by value asc nulls last, plan_id asc
