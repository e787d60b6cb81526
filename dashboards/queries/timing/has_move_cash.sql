select count(*) > 0 as has_any
from marts.fct_move_cash
where scenario_id = $scenario_id
