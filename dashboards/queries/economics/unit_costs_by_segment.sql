select
    segment,
    meter,
    accounts,
    accounts_left_out,
    quantity,
    cost,
    unit_cost,
    is_small,
    reason
from marts.fct_unit_costs
where month = (select last_closed_month from marts.dim_settings)
order by segment = 'all', segment, meter <> 'all', meter
