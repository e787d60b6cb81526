select
    strftime(month, '%Y-%m') as month,
    metric,
    value,
    low,
    high,
    accounts,
    is_firing
from marts.fct_signal_parts
where segment = $segment
qualify
    month > max(month) over () - to_months($months)
order by metric, month
