select
    strftime(month, '%Y-%m') as month,
    bills,
    baseline_bills,
    jumps,
    shocks,
    jump_rate,
    shock_rate,
    is_small
from marts.fct_bill_shock_slices
where
    scenario_id = $scenario_id
    and slice = $slice and slice_value = $slice_value
    and not is_provisional
    and month > (
        select max(month) - interval 12 month
        from marts.fct_bill_shock_rates
        where not is_provisional
    )
order by month
