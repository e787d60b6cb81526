select
    strftime(month, '%Y-%m') as month,
    signal,
    state,
    metric,
    value,
    unit,
    sentence
from marts.fct_signals
where
    segment = $segment
    and month = state_since
    and month > (select min(earliest.month) from marts.fct_signals as earliest)
order by month desc, array_position($in_order, signal) nulls last, signal asc
