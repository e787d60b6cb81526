select
    segment,
    accuracy,
    coverage,
    invoiced_share,
    loaded_share,
    active_accounts,
    mrr
from marts.fct_segment_quality
where month = (select max(latest.month) from marts.fct_segment_quality as latest)
order by segment = 'all' desc, segment
