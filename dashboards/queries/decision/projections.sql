select
    month_ahead,
    strftime(month, '%Y-%m') as month,
    scenario_id,
    assumption_case,
    revenue_to_date,
    revenue_to_date_low,
    revenue_to_date_high,
    interval_note,
    cash_to_date,
    accounts,
    churned,
    moved_accounts,
    accounts_left_out,
    reason
from marts.fct_projections
where
    list_contains($horizons, month_ahead)
    and segment = $segment and scenario_id in ('current', $scenario_id)
order by
    month_ahead, scenario_id = 'current' desc,
    array_position(['low', 'middle', 'high'], assumption_case)
