select
    horizon_months,
    scenario_id,
    model,
    origins,
    median_error,
    bias,
    coverage_80,
    coverage_origins,
    interval_ratio,
    interval_origins,
    is_pooled,
    reason
from marts.fct_forecast_accuracy
where segment = $segment and scenario_id = $scenario_id
order by horizon_months
