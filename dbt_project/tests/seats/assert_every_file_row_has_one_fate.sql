-- A row is a file version whose rows do not add up: read = loaded + revisions + duplicates +
-- quarantined + skipped, or a refused file with loaded rows.
select
    file_id,
    file_name,
    export,
    rows_read,
    loaded,
    revisions,
    duplicates,
    quarantined,
    skipped,
    refused_reason

from {{ ref('load_ledger') }}

where
    (
        refused_reason is null
        and rows_read <> loaded + revisions + duplicates + quarantined + skipped
    )
    or (refused_reason is not null and loaded + revisions + duplicates + quarantined + skipped > 0)
