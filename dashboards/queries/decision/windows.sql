select
    "window",
    accounts,
    current_reporting,
    proposed_reporting,
    revenue_change,
    revenue_change_low,
    revenue_change_high,
    shock_share,
    shock_share_low,
    shock_share_high,
    extra_churn,
    extra_churn_low,
    extra_churn_high,
    margin_change,
    winner_count,
    loser_count,
    cast(expected_gain * 12 as decimal(38, 4)) as yearly_gain,
    cast(expected_gain_low * 12 as decimal(38, 4)) as yearly_gain_low,
    cast(expected_gain_high * 12 as decimal(38, 4)) as yearly_gain_high,
    keeps_limits,
    broken_limits,
    is_counted,
    is_deciding
from marts.fct_segment_scenarios
where
    segment = $segment
    and scenario_id = $scenario_id
    and month = (select max(latest.month) from marts.fct_segment_scenarios as latest)
order by array_position(['trailing_12', 'trailing_3', 'first_bill', 'next_12'], "window")
