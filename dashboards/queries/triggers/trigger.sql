select
    month,
    is_trigger,
    verdict,
    sentence
from marts.fct_verdicts
where segment = $segment
order by month desc
