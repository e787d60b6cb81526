with

cells as (

    select
        cohort_name(granularity, cohort_start) as cohort,
        age,
        accounts_start,
        accounts_retained,
        mrr_start,
        mrr_retained,
        mrr_retained_capped,
        nrr,
        grr,
        logo_retention,
        is_mature,
        is_small,
        reason
    from marts.fct_cohort_slices
    where
        slice = $slice and slice_value = $slice_value and version = $version
        and granularity = $granularity
        and ($first is null or strftime(cohort_start, '%Y-%m') >= $first)
        and ($last is null or strftime(cohort_start, '%Y-%m') <= $last)

),

averages as (

    select
        'average' as cohort,
        age,
        accounts_start,
        accounts_retained,
        mrr_start,
        mrr_retained,
        mrr_retained_capped,
        nrr,
        grr,
        logo_retention,
        true as is_mature,
        is_small,
        reason
    from marts.fct_cohort_averages
    where
        slice = $slice and slice_value = $slice_value and version = $version
        and granularity = $granularity

),

together as (

    select * from cells
    union all
    select * from averages

)

select * from together
order by cohort = 'average', cohort, age
