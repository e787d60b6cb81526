with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

account_revisions as (

    select * from {{ ref('stg_account_revisions') }}

),

cohorts as (

    select
        account_id,
        version,
        min(month) as cohort_month

    from account_mrr
    where closing > 0
    group by account_id, version

),

-- the segment as the accounts export knew it when the cohort's month closed, else as first known
frozen_segments as (

    select
        cohorts.account_id,
        cohorts.version,
        max_by(account_revisions.segment, account_revisions.revision)
        filter (where account_revisions.recorded_at < month_closes.closed_at)
            as segment_then,
        min_by(account_revisions.segment, account_revisions.revision) as segment_first

    from cohorts

    inner join month_closes
        on cohorts.cohort_month = month_closes.month

    inner join account_revisions
        on cohorts.account_id = account_revisions.account_id

    group by cohorts.account_id, cohorts.version

),

segmented as (

    select
        cohorts.account_id,
        cohorts.version,
        cohorts.cohort_month,
        coalesce(
            frozen_segments.segment_then, frozen_segments.segment_first, accounts.segment
        ) as segment

    from cohorts

    inner join accounts
        on cohorts.account_id = accounts.account_id

    left join frozen_segments
        on
            cohorts.account_id = frozen_segments.account_id
            and cohorts.version = frozen_segments.version

),

-- currencies are held at the rate of the cohort's first month, so that a rate that moves is
-- neither growth nor loss; where that month has none, at the first rate after it
constant_rates as (

    select
        cohort_months.cohort_month,
        month_rates.currency,
        min_by(month_rates.rate, month_rates.month) as rate

    from (select distinct segmented.cohort_month from segmented) as cohort_months

    inner join month_rates
        on cohort_months.cohort_month <= month_rates.month

    group by cohort_months.cohort_month, month_rates.currency

),

ages as (

    select
        segmented.account_id,
        segmented.version,
        segmented.cohort_month,
        segmented.segment,
        month_closes.month,
        {{ months_between('segmented.cohort_month', 'month_closes.month') }} as age_months,
        not month_closes.is_provisional as is_mature

    from segmented

    inner join month_closes
        on segmented.cohort_month <= month_closes.month

),

-- what is negative counts as nothing here, and so does what no rate can convert
converted as (

    select
        ages.account_id,
        ages.version,
        ages.cohort_month,
        ages.segment,
        ages.age_months,
        ages.is_mature,
        max(case when account_mrr.closing > 0 then 1 else 0 end) as is_retained,
        cast(
            greatest(
                coalesce(
                    sum({{ converted_money('account_mrr.closing', 'constant_rates.rate') }}), 0
                ),
                0
            ) as decimal(18, 4)
        ) as mrr

    from ages

    left join account_mrr
        on
            ages.account_id = account_mrr.account_id
            and ages.version = account_mrr.version
            and ages.month = account_mrr.month

    left join constant_rates
        on
            ages.cohort_month = constant_rates.cohort_month
            and account_mrr.currency = constant_rates.currency

    group by
        ages.account_id,
        ages.version,
        ages.cohort_month,
        ages.segment,
        ages.age_months,
        ages.is_mature

),

started as (

    select
        converted.*,
        max(case when age_months = 0 then mrr end) over (partition by account_id, version)
            as mrr_start

    from converted

),

-- every account counts in its own segment and in `all`
counted as (

    select
        started.*,
        'all' as counted_segment

    from started

    union all

    select
        started.*,
        segment as counted_segment

    from started
    where segment <> 'all'

),

cohort_ages as (

    select
        cohort_month,
        age_months,
        counted_segment,
        version,
        count(*) as accounts_start,
        sum(is_retained) as accounts_retained,
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
        is_mature

    from cohort_ages

)

select * from retention
