-- a returned row is a segment, region or plan whose movements do not lead from opening to closing
select
    slice,
    slice_value,
    month,
    version
from {{ ref('fct_slice_movements') }}
where
    opening + entering + leaving + new + expansion + contraction + churn + reactivation
    + currency_effect + restatement <> closing
