-- A returned row is a cell of the triangle whose accounts do not add up to it.
with

accounts as (

    select * from {{ ref('fct_cohort_accounts') }}

),

cells as (

    select * from {{ ref('fct_cohort_slices') }}
    where granularity = 'month' and slice = 'all'

),

summed as (

    select
        version,
        cohort_month,
        age_months,
        count(*) as accounts_start,
        sum(case when movement <> 'lost' then 1 else 0 end) as accounts_retained,
        sum(mrr_start) as mrr_start,
        sum(mrr) as mrr_retained,
        sum(mrr_change) as mrr_change

    from accounts

    group by version, cohort_month, age_months

),

differing as (

    select
        cells.version,
        cells.cohort_start,
        cells.age

    from cells

    full outer join summed
        on
            cells.version = summed.version
            and cells.cohort_start = summed.cohort_month
            and cells.age = summed.age_months

    where
        cells.accounts_start is distinct from summed.accounts_start
        or cells.accounts_retained is distinct from summed.accounts_retained
        or cells.mrr_start is distinct from summed.mrr_start
        or cells.mrr_retained is distinct from summed.mrr_retained
        or summed.mrr_change is distinct from summed.mrr_retained - summed.mrr_start

)

select * from differing
