select
    segment,
    strftime(month, '%Y-%m') as month,
    accounts,
    work_change,
    seats_change,
    explained_median,
    unseated_work_share,
    is_small,
    reason
from marts.fct_seat_value_fit
where
    window_months = $window_months
    and not is_provisional
qualify month = max(month) over ()
order by segment = 'all' asc, explained_median asc nulls last, segment asc
