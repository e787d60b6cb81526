select
    strftime(month, '%Y-%m') as month,
    explained_median as value,
    explained_low as low,
    explained_high as high,
    accounts
from marts.fct_seat_value_fit
where
    segment = $segment
    and window_months = $window_months
    and not is_provisional
qualify
    month > max(month) over () - to_months($months)
order by month
