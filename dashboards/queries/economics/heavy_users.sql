select
    account_group,
    accounts,
    current_margin_ratio,
    proposed_margin_ratio,
    margin_change,
    current_revenue,
    proposed_revenue,
    cost,
    accounts_left_out,
    is_small,
    reason,
    heavy_account_share,
    month,
    scenario_name
from marts.fct_heavy_user_margins
where segment = $segment and scenario_id = $scenario_id
order by account_group
