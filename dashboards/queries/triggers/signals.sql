select
    strftime(month, '%Y-%m') as month,
    signal,
    metric,
    state,
    strftime(state_since, '%Y-%m') as state_since,
    months_firing,
    is_over,
    value,
    threshold,
    clears_at,
    direction,
    unit,
    is_available,
    accounts,
    reason,
    sentence
from marts.fct_signals
where segment = $segment
qualify month = max(month) over ()
order by array_position($in_order, signal) nulls last, signal
