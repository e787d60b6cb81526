select
    assumption,
    assumption_case,
    planned_revenue,
    revenue,
    effect,
    effect_ratio,
    reason
from marts.fct_assumption_effects
where scenario_id = $scenario_id and segment = $segment
order by
    max(abs(effect)) over (partition by assumption) desc nulls last, assumption,
    assumption_case desc
