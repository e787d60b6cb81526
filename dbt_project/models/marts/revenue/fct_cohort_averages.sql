with

cohorts as (

    select * from {{ ref('fct_cohort_slices') }}
    where is_mature

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

summed as (

    select
        granularity,
        slice,
        slice_value,
        version,
        age,
        count(*) as cohorts,
        sum(accounts_start) as accounts_start,
        sum(accounts_retained) as accounts_retained,
        sum(mrr_start) as mrr_start,
        sum(mrr_retained) as mrr_retained,
        sum(mrr_retained_capped) as mrr_retained_capped,
        sum(mrr_expansion) as mrr_expansion

    from cohorts

    group by granularity, slice, slice_value, version, age

),

averaged as (

    select
        granularity,
        slice,
        slice_value,
        version,
        age,
        cast(cohorts as bigint) as cohorts,
        cast(accounts_start as bigint) as accounts_start,
        cast(accounts_retained as bigint) as accounts_retained,
        cast(mrr_start as decimal(38, 4)) as mrr_start,
        cast(mrr_retained as decimal(38, 4)) as mrr_retained,
        cast(mrr_retained_capped as decimal(38, 4)) as mrr_retained_capped,
        cast(mrr_expansion as decimal(38, 4)) as mrr_expansion,
        {{ ratio('mrr_retained', 'mrr_start') }} as nrr,
        {{ ratio('mrr_retained_capped', 'mrr_start') }} as grr,
        {{ ratio('accounts_retained', 'accounts_start') }} as logo_retention,
        {{ ratio('mrr_expansion', 'mrr_start') }} as expansion_ratio,
        coalesce(accounts_start < least_accounts, false) as is_small,
        case when mrr_start = 0 then 'no MRR at the start that a rate converts' end as reason

    from summed

    cross join limits

)

select * from averaged
