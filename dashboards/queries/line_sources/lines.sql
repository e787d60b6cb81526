select
    scenario_id,
    line_number,
    charge_name,
    amount,
    currency,
    charge_id,
    price_version
from marts.fct_shadow_bill_lines
where
    account_id = $account_id
    and strftime(month, '%Y-%m') = $month
    and scenario_id in ('current', $scenario_id)
order by scenario_id <> 'current', line_number
