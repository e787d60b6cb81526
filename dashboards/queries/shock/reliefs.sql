select
    relief,
    cap_ratio,
    credit_months,
    accounts,
    shocked_before,
    shocked_after,
    shock_share_before,
    shock_share_after,
    capped_accounts,
    monthly_cost
from marts.fct_cap_effects
where
    scenario_id = $scenario_id
    and segment = $segment
    and relief = $relief
    and "window" = 'trailing_12'
order by cap_ratio, credit_months
