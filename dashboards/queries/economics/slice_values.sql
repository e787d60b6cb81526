select distinct slice_value from marts.fct_slice_metrics
where slice = $slice
