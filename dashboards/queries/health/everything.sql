select
    count(*) as exports,
    count(*) filter (where is_present) as present,
    coalesce(sum(rows_read), 0) as rows_read,
    coalesce(sum(quarantined), 0) as quarantined,
    coalesce(sum(refused_file_count), 0) as refused,
    coalesce(sum(unaccounted_rows), 0) as unaccounted,
    coalesce(sum(gap_months), 0) as gap_months
from marts.fct_export_health
