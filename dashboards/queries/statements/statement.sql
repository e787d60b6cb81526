select
    reading,
    topic,
    unit,
    currency,
    current_value,
    proposed_value,
    current_text,
    proposed_text,
    sentence,
    reason
from marts.fct_account_statements
where account_id = $account_id and scenario_id = $scenario_id
order by line_number
