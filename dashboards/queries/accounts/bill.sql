select *
from marts.fct_shadow_bills
where
    account_id = $account_id and scenario_id = $scenario_id
    and strftime(month, '%Y-%m') = $month
