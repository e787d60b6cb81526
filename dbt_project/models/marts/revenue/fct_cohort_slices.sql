{% set measures = [
    'accounts_start', 'accounts_retained', 'mrr_start', 'mrr_retained', 'mrr_retained_capped'
] %}

with

cohort_accounts as (

    select * from {{ ref('int_cohort_accounts') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

closed as (

    select max(case when not is_provisional then month end) as last_closed_month
    from month_closes

),

-- one sum over accounts per cohort, age and slice; later steps add these up
summed as (

    select
        version,
        cohort_month,
        age_months,
        segment,
        region,
        plan_id,
        currency,
        count(*) as accounts_start,
        sum(case when is_retained then 1 else 0 end) as accounts_retained,
        sum(mrr_start) as mrr_start,
        sum(mrr) as mrr_retained,
        sum(least(mrr, mrr_start)) as mrr_retained_capped,
        sum(greatest(mrr - mrr_start, 0)) as mrr_expansion

    from cohort_accounts

    group by version, cohort_month, age_months, segment, region, plan_id, currency

),

sliced as (

    {% for slice, value in [
        ('all', "'all'"),
        ('segment', 'segment'),
        ('region', 'region'),
        ('plan', 'plan_id'),
        ('currency', 'currency'),
        ('segment_currency', "concat(segment, ' ', currency)"),
    ] %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        version,
        cohort_month,
        age_months,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        sum(mrr_expansion) as mrr_expansion

    from summed

    group by {{ value ~ ', ' if slice != 'all' }}version, cohort_month, age_months

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

-- a quarter's cohort is its three months' cohorts, each at its own age: those that have reached the
-- age are summed, and the cell is immature until the last month's has
grouped as (

    select
        'month' as granularity,
        slice,
        slice_value,
        version,
        cohort_month as cohort_start,
        age_months as age,
        max({{ add_months('cohort_month', 'age_months') }}) as last_month,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        sum(mrr_expansion) as mrr_expansion

    from sliced

    group by slice, slice_value, version, cohort_month, age_months

    union all

    select
        'quarter' as granularity,
        slice,
        slice_value,
        version,
        {{ quarter_of('cohort_month') }} as cohort_start,
        {{ whole_quotient('age_months', '3') }} as age,
        max({{ add_months(quarter_of('cohort_month'), 'age_months + 2') }}) as last_month,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        sum(mrr_expansion) as mrr_expansion

    from sliced

    where age_months % 3 = 0

    group by
        slice,
        slice_value,
        version,
        {{ quarter_of('cohort_month') }},
        {{ whole_quotient('age_months', '3') }}

),

retention as (

    select
        granularity,
        slice,
        slice_value,
        version,
        cohort_start,
        cast(age as integer) as age,
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
        coalesce(last_month <= last_closed_month, false) as is_mature,
        case when mrr_start = 0 then 'no MRR at the start that a rate converts' end as reason

    from grouped

    cross join limits

    cross join closed

)

select * from retention
