select
    if(scenario_id = 'current', 'current', 'proposed') as model,
    strftime(month, '%Y-%m') as month,
    month_ahead,
    max(cash) filter (where assumption_case = 'low') as cash_low,
    max(cash) filter (where assumption_case = 'middle') as cash,
    max(cash) filter (where assumption_case = 'high') as cash_high,
    max(cash_to_date) filter (where assumption_case = 'middle') as cash_to_date,
    max(deferred_revenue) filter (where assumption_case = 'middle') as deferred_revenue,
    max(reason) as reason
from marts.fct_projections
where scenario_id in ($scenario_id, 'current') and segment = $segment
group by all
order by model, month_ahead
