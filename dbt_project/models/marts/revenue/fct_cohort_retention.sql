with

cohort_accounts as (

    select * from {{ ref('int_cohort_accounts') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

-- every account counts in its own segment and in `all`
counted as (

    select
        cohort_accounts.*,
        'all' as counted_segment

    from cohort_accounts

    union all

    select
        cohort_accounts.*,
        segment as counted_segment

    from cohort_accounts
    where segment <> 'all'

),

cohort_ages as (

    select
        cohort_month,
        age_months,
        counted_segment,
        version,
        count(*) as accounts_start,
        sum(case when is_retained then 1 else 0 end) as accounts_retained,
        sum(mrr_start) as mrr_start,
        sum(mrr) as mrr_retained,
        sum(least(mrr, mrr_start)) as mrr_retained_capped,
        sum(greatest(mrr - mrr_start, 0)) as mrr_expansion,
        max(case when is_mature then 1 else 0 end) = 1 as is_mature

    from counted
    group by cohort_month, age_months, counted_segment, version

),

retention as (

    select
        cohort_month,
        cast(age_months as integer) as age_months,
        counted_segment as segment,
        version,
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
        is_mature,
        case when mrr_start = 0 then 'no MRR at the start that a rate converts' end as reason

    from cohort_ages

    cross join limits

)

select * from retention
