select
    file_name,
    export,
    refused_reason,
    rows_read,
    loaded,
    revisions,
    duplicates,
    quarantined,
    skipped,
    quantity_sum,
    amount_sum,
    size_bytes,
    landed_at,
    file_id
from marts.load_ledger
where
    (export = $export or $export = 'all')
    and (cast($since as date) is null or landed_at >= cast($since as date))
order by refused_reason is null, landed_at desc, file_name asc, export asc
limit 10000
