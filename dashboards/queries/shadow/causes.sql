select
    cause,
    accounts,
    current_reporting,
    proposed_reporting,
    difference_reporting
from marts.fct_segment_causes
where
    scenario_id = $scenario_id
    and segment = $segment
    and (current_reporting <> 0 or proposed_reporting <> 0)
order by difference_reporting, cause
