select
    cohort_accounts.account_id,
    accounts.account_name,
    cohort_accounts.segment,
    cohort_accounts.plan_id,
    strftime(cohort_accounts.cohort_month, '%Y-%m') as cohort_month,
    strftime(cohort_accounts.month, '%Y-%m') as month,
    cohort_accounts.mrr_start,
    cohort_accounts.mrr,
    cohort_accounts.mrr_change,
    cohort_accounts.movement,
    cohort_accounts.is_retained,
    cohort_accounts.is_mature
from marts.fct_cohort_accounts as cohort_accounts
left join marts.dim_accounts as accounts on cohort_accounts.account_id = accounts.account_id
where
    cohort_accounts.version = $version
    and (cohort_accounts.segment = $segment or $segment = 'all')
    and (cohort_accounts.currency = $currency or $currency = 'all')
    and cohort_accounts.age_months = $age
    and cohort_name($granularity, cohort_accounts.cohort_month) = $cohort
order by abs(cohort_accounts.mrr_change) desc, cohort_accounts.account_id
