select
    strftime(month, '%Y-%m') as month,
    current_amount,
    amount as proposed_amount,
    invoiced_amount,
    difference,
    difference_ratio
from marts.fct_shadow_bills
where
    account_id = $account_id
    and scenario_id = $scenario_id
    and not is_provisional
order by month desc
limit 12
