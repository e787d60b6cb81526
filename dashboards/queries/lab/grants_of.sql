select
    cast(plan_id as varchar) as plan_id,
    cast(priority as varchar) as priority,
    cast(is_free as varchar) as is_free,
    cast(grant_interval as varchar) as grant_interval,
    cast(term_months as varchar) as term_months,
    cast(credits as varchar) as credits,
    cast(rollover_ratio as varchar) as rollover_ratio,
    cast(overage_unit_amount as varchar) as overage_unit_amount,
    cast(topup_credits as varchar) as topup_credits,
    cast(topup_amount as varchar) as topup_amount
from reference.credit_grants
where plan_id = $plan_id
qualify
    valid_from
    = max(valid_from) over (partition by plan_id, priority, is_free, grant_interval)
order by priority asc nulls last, is_free desc, grant_interval asc
