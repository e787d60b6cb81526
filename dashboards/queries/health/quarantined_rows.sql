select
    export,
    file_name,
    row_number,
    reason,
    sentence,
    raw
from marts.quarantine
where
    (export = $export or $export = 'all')
    and file_id in (
        select file_id
        from marts.load_ledger
        where cast($since as date) is null or landed_at >= cast($since as date)
    )
order by export, file_name, row_number
limit 10000
