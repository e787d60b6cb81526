select
    tier,
    cast(up_to as varchar) as up_to,
    cast(unit_amount as varchar) as unit_amount
from reference.tiers
where charge_id = $charge_id
qualify valid_from = max(valid_from) over ()
order by tier
