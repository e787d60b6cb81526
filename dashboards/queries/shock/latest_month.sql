select strftime(max(month), '%Y-%m') as month
from marts.fct_bill_shock_rates
where not is_provisional and scenario_id = 'invoiced'
