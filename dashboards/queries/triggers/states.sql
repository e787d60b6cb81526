select
    strftime(month, '%Y-%m') as month,
    signal,
    case when state = 'off' and is_over then 'waiting' else state end as state,
    value,
    unit,
    metric,
    sentence
from marts.fct_signals
where segment = $segment
qualify
    month > max(month) over () - to_months($months)
order by array_position($in_order, signal) nulls last, signal, month
