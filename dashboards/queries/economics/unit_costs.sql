select
    strftime(month, '%Y-%m') as month,
    meter,
    accounts,
    accounts_left_out,
    quantity,
    cost,
    unit_cost,
    reason
from marts.fct_unit_costs
where
    segment = $segment
    and not is_provisional
    and month > (select last_closed_month - interval 12 month from marts.dim_settings)
order by meter <> 'all', meter, month
