select
    moves.segment,
    moves.scenario_id,
    moves.scenario_name,
    moves.movers,
    moves.first_move,
    moves.last_move,
    moves.yearly_gain,
    moves.yearly_gain_low,
    moves.yearly_gain_high,
    moves.yearly_gain_reason,
    moves.simulations,
    moves.gains,
    moves.deciding_window,
    moves.keeps_every_window,
    moves.broken_in_windows,
    moves.is_small,
    moves.first_bills,
    moves.pay_more,
    moves.pay_more_reporting,
    moves.shocked,
    moves.worst_account_id,
    accounts.account_name as worst_account_name,
    moves.worst_difference,
    moves.worst_change,
    moves.flip_increase_over,
    moves.flip_next_increase_over,
    moves.flip_assumed_churn,
    moves.flip_critical_churn
from marts.fct_proposal_moves as moves
left join marts.dim_accounts as accounts
    on moves.worst_account_id = accounts.account_id
order by
    moves.segment = 'all',
    moves.segment,
    moves.scenario_id
