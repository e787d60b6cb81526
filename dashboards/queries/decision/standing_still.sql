select
    horizon_months,
    last_revenue,
    next_revenue,
    difference,
    difference_low,
    difference_high,
    change,
    change_low,
    change_high,
    accounts,
    accounts_left_out,
    reason
from marts.fct_standing_still
where segment = $segment
order by horizon_months
