select
    charge_id,
    charge_name,
    meter,
    pricing,
    cast(unit_amount as varchar) as unit_amount,
    cast(included_quantity as varchar) as included_quantity,
    cast(package_size as varchar) as package_size,
    cast(line_minimum as varchar) as line_minimum,
    cast(line_maximum as varchar) as line_maximum
from reference.charges
where plan_id = $plan_id
qualify valid_from = max(valid_from) over (partition by charge_id)
order by meter <> 'flat', meter <> 'seats', charge_id
