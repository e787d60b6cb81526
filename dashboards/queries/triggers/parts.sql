select
    strftime(month, '%Y-%m') as month,
    signal,
    metric,
    part,
    value,
    low,
    high,
    unit,
    threshold,
    clears_at,
    direction,
    is_over,
    months_over,
    is_firing,
    is_available,
    reason,
    accounts,
    next_line,
    gap,
    usual_move,
    moves_away
from marts.fct_signal_parts
where segment = $segment
qualify month = max(month) over ()
order by array_position($in_order, signal) nulls last, signal, part
