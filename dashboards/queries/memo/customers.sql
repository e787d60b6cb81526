select
    moves.account_id,
    accounts.account_name,
    moves.segment,
    strftime(moves.moves_in, '%Y-%m') as moves_in,
    moves.usual_reporting,
    moves.first_bill_reporting,
    moves.first_bill_difference,
    moves.first_bill_change,
    moves.is_first_bill_shock,
    moves.year_difference,
    moves.is_year_shock,
    moves.yearly_gain
from marts.fct_account_moves as moves
left join marts.dim_accounts as accounts
    on moves.account_id = accounts.account_id
where
    moves.scenario_id = $scenario_id
    and (moves.segment = $segment or $segment = 'all')
order by moves.first_bill_difference desc nulls last, moves.account_id asc
