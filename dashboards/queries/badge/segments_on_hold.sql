select segment
from marts.fct_verdicts
where
    verdict = 'hold_data'
    and month = (select max(latest.month) from marts.fct_verdicts as latest)
order by segment = 'all' desc, segment
