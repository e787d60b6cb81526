-- a cohort's name: 2026-10, or 2026-Q4
create or replace temp macro cohort_name(cohort_granularity, cohort_begins) as (
    if(
        cohort_granularity = 'month',
        strftime(cohort_begins, '%Y-%m'),
        strftime(cohort_begins, '%Y') || '-Q' || quarter(cohort_begins)
    )
);
