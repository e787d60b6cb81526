-- a returned row is a cohort whose gross retention exceeds net retention, or 100 %
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
