select strftime(month, '%Y-%m') as month
from marts.fct_shadow_bills
where account_id = $account_id and scenario_id = $scenario_id
order by is_provisional asc, month desc
