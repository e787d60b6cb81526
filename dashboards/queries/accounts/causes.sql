select
    cause,
    difference
from marts.fct_shadow_bill_causes
where
    account_id = $account_id and scenario_id = $scenario_id
    and strftime(month, '%Y-%m') = $month
order by abs(difference) desc, cause
