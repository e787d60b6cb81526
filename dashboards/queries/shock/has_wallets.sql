select count(*) > 0 as has_any
from marts.fct_wallet
where scenario_id = $scenario_id
