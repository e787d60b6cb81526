-- a returned row is a cohort and age whose segments do not add up to `all`
select
    cohort_month,
    age_months,
    version
from {{ ref('fct_cohort_retention') }}
group by cohort_month, age_months, version
having
    sum(case when segment = 'all' then mrr_retained else -mrr_retained end) <> 0
    or sum(case when segment = 'all' then accounts_start else -accounts_start end) <> 0
    or sum(case when segment = 'all' then accounts_retained else -accounts_retained end) <> 0
