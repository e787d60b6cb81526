select
    gap_rank,
    cause,
    segment,
    plan_id,
    accounts,
    mrr_unlocked,
    is_previewed,
    fix,
    file_name,
    header,
    row_text
from marts.fct_data_gaps
where $segment in ('all', segment)
order by gap_rank
