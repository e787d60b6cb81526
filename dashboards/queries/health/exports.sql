select
    export,
    is_present,
    is_required,
    file_count,
    refused_file_count,
    rows_read,
    loaded,
    revisions,
    duplicates,
    quarantined,
    skipped,
    unaccounted_rows,
    accepted_ratio,
    hours_behind,
    closed_months,
    gap_months,
    first_at,
    last_at,
    last_landed_at,
    reason
from marts.fct_export_health
where export = $export or $export = 'all'
order by is_present desc, is_required desc, rows_read desc, export asc
