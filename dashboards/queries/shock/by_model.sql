select
    scenario_id,
    sum(baseline_bills) as baseline_bills,
    sum(jumps) as jumps,
    sum(shocks) as shocks
from marts.fct_bill_shock_slices
where
    slice = $slice and slice_value = $slice_value
    and not is_provisional
    and month > (
        select max(month) - interval 12 month
        from marts.fct_bill_shock_rates
        where not is_provisional
    )
group by scenario_id
order by array_position(['invoiced', 'current'], scenario_id) nulls last, scenario_id
