select
    behind.account_id,
    accounts.account_name,
    behind.segment,
    behind.plan_id,
    strftime(behind.cohort_month, '%Y-%m') as cohort_month,
    strftime(behind.month, '%Y-%m') as month,
    behind.mrr_start,
    behind.mrr,
    behind.mrr_change,
    behind.movement,
    behind.is_retained,
    behind.is_mature
from marts.fct_cohort_accounts as behind
left join marts.dim_accounts as accounts on behind.account_id = accounts.account_id
where
    behind.version = $version
    and (behind.segment = $segment or $segment = 'all')
    and (behind.currency = $currency or $currency = 'all')
    and behind.age_months = $age
    and cohort_name($granularity, behind.cohort_month) = $cohort
order by abs(behind.mrr_change) desc, behind.account_id
