-- a returned row is an account and month whose meters do not add up to the cost in its margin
select
    margins.account_id,
    margins.month,
    margins.cost,
    round(sum(meter_costs.exact_cost), 4) as meter_cost

from {{ ref('fct_margins') }} as margins

inner join {{ ref('fct_meter_costs') }} as meter_costs
    on
        margins.account_id = meter_costs.account_id
        and margins.month = meter_costs.month

where margins.cost is not null

group by margins.account_id, margins.month, margins.cost

having abs(margins.cost - sum(meter_costs.exact_cost)) > 0.0001
