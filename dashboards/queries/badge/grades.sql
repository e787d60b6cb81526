select
    grade_data,
    grade_coverage
from marts.fct_verdicts
where segment = 'all'
order by month desc
limit 1
