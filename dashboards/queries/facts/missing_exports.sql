select
    export,
    reason
from marts.export_status
where not is_present
order by export
