select
    model,
    version,
    owner,
    changed_on,
    change
from marts.dim_definition_versions
order by model asc, version desc
