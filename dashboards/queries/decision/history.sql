select
    strftime(month, '%Y-%m') as month,
    source,
    verdict,
    confidence,
    recomputed_verdict,
    is_different,
    difference_reasons,
    sentence
from marts.fct_verdict_history
where segment = $segment
order by month desc
limit 24
