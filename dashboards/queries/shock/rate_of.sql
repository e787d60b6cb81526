select *
from marts.fct_bill_shock_slices
where
    scenario_id = $scenario_id
    and slice = $slice and slice_value = $slice_value
    and not is_provisional
order by month desc
