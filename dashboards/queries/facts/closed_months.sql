select distinct strftime(month, '%Y-%m') as month
from marts.fct_segment_metrics
where not is_provisional
order by month
