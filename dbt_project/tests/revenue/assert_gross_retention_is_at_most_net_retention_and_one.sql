-- a returned row is a cohort that keeps more gross than net, or more than all of it
select
    cohort_month,
    age_months,
    segment,
    version,
    grr,
    nrr
from {{ ref('fct_cohort_retention') }}
where
    grr > nrr
    or grr > 1
    or logo_retention > 1
    or mrr_retained <> mrr_retained_capped + mrr_expansion
