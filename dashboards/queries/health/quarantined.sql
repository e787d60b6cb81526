select
    export,
    reason,
    count(*) as row_count,
    count(distinct file_name) as files,
    arg_min(sentence, (file_name, row_number)) as example
from marts.quarantine
where
    (export = $export or $export = 'all')
    and file_id in (
        select file_id
        from marts.load_ledger
        where cast($since as date) is null or landed_at >= cast($since as date)
    )
group by export, reason
order by row_count desc, export asc, reason asc
