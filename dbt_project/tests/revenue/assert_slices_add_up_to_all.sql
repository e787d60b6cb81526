-- a returned row is a slice whose values do not add up to those of all accounts: MRR at both ends
-- of a month, cohorts, so that the retention of a union is the weighted mean of its parts, levels,
-- and bills
select
    'movements' as figure,
    by_slice.slice,
    by_slice.month,
    by_slice.version

from (
    select
        slice,
        month,
        version,
        sum(opening) as opening,
        sum(closing) as closing,
        sum(entering + leaving) as moved

    from {{ ref('fct_slice_movements') }}

    where slice <> 'all'

    group by slice, month, version
) as by_slice

inner join {{ ref('fct_slice_movements') }} as everybody
    on
        by_slice.month = everybody.month
        and by_slice.version = everybody.version
        and everybody.slice = 'all'

where
    by_slice.opening <> everybody.opening
    or by_slice.closing <> everybody.closing
    or by_slice.moved <> 0

union all

select
    by_slice.granularity as figure,
    by_slice.slice,
    by_slice.cohort_start as month,
    by_slice.version

from (
    select
        granularity,
        slice,
        cohort_start,
        age,
        version,
        sum(mrr_start) as mrr_start,
        sum(mrr_retained) as mrr_retained,
        sum(mrr_retained_capped) as mrr_retained_capped,
        sum(accounts_retained) as accounts_retained

    from {{ ref('fct_cohort_slices') }}

    where slice <> 'all'

    group by granularity, slice, cohort_start, age, version
) as by_slice

inner join {{ ref('fct_cohort_slices') }} as everybody
    on
        by_slice.granularity = everybody.granularity
        and by_slice.cohort_start = everybody.cohort_start
        and by_slice.age = everybody.age
        and by_slice.version = everybody.version
        and everybody.slice = 'all'

where
    by_slice.mrr_start <> everybody.mrr_start
    or by_slice.mrr_retained <> everybody.mrr_retained
    or by_slice.mrr_retained_capped <> everybody.mrr_retained_capped
    or by_slice.accounts_retained <> everybody.accounts_retained

union all

select
    by_slice.metric as figure,
    by_slice.slice,
    by_slice.month,
    cast(null as varchar) as version

from (
    select
        slice,
        month,
        metric,
        sum(coalesce(value, 0)) as value

    from {{ ref('fct_slice_metrics') }}

    where
        slice <> 'all'
        and metric in ('mrr', 'accounts', 'billable_seats', 'cost_to_serve', 'idle_60_amount')

    group by slice, month, metric
) as by_slice

inner join {{ ref('fct_slice_metrics') }} as everybody
    on
        by_slice.month = everybody.month
        and by_slice.metric = everybody.metric
        and everybody.slice = 'all'

where by_slice.value <> coalesce(everybody.value, 0)

union all

select
    by_slice.scenario_id as figure,
    by_slice.slice,
    by_slice.month,
    cast(null as varchar) as version

from (
    select
        slice,
        month,
        scenario_id,
        sum(baseline_bills) as baseline_bills,
        sum(jumps) as jumps,
        sum(shocks) as shocks

    from {{ ref('fct_bill_shock_slices') }}

    where slice <> 'all'

    group by slice, month, scenario_id
) as by_slice

inner join {{ ref('fct_bill_shock_slices') }} as everybody
    on
        by_slice.month = everybody.month
        and by_slice.scenario_id = everybody.scenario_id
        and everybody.slice = 'all'

where
    by_slice.baseline_bills <> everybody.baseline_bills
    or by_slice.jumps <> everybody.jumps
    or by_slice.shocks <> everybody.shocks
