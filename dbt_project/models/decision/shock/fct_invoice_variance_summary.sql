with

variations as (

    select * from {{ ref('fct_invoice_variance') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

sliced as (

    {% for slice, value in [
        ('all', "'all'"),
        ('segment', 'segment'),
        ('region', "coalesce(region, 'unknown')"),
        ('plan', "coalesce(plan_id, 'unknown')"),
        ('cohort', "coalesce(substr(cast(cohort_month as varchar), 1, 7), 'unknown')"),
    ] %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        month,
        scenario_id,
        count(*) as bills,
        count(variation_6) as accounts_6,
        {{ value_at_rank('variation_6', '0.25') }} as low_6,
        {{ value_at_rank('variation_6', '0.5') }} as median_6,
        {{ value_at_rank('variation_6', '0.75') }} as high_6,
        count(variation_12) as accounts_12,
        {{ value_at_rank('variation_12', '0.25') }} as low_12,
        {{ value_at_rank('variation_12', '0.5') }} as median_12,
        {{ value_at_rank('variation_12', '0.75') }} as high_12,
        max(case when is_provisional then 1 else 0 end) = 1 as is_provisional

    from variations

    group by {{ value ~ ', ' if slice != 'all' }}month, scenario_id

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

described as (

    select
        slice,
        slice_value,
        month,
        scenario_id,
        cast(bills as bigint) as bills,
        cast(accounts_6 as bigint) as accounts_6,
        cast(low_6 as decimal(18, 6)) as low_6,
        cast(median_6 as decimal(18, 6)) as median_6,
        cast(high_6 as decimal(18, 6)) as high_6,
        cast(accounts_12 as bigint) as accounts_12,
        cast(low_12 as decimal(18, 6)) as low_12,
        cast(median_12 as decimal(18, 6)) as median_12,
        cast(high_12 as decimal(18, 6)) as high_12,
        coalesce(accounts_6 < least_accounts, false) as is_small_6,
        coalesce(accounts_12 < least_accounts, false) as is_small_12,
        case when accounts_6 = 0 then 'no account with 3 comparable bills' end as reason_6,
        case when accounts_12 = 0 then 'no account with 6 comparable bills' end as reason_12,
        is_provisional

    from sliced

    cross join limits

)

select * from described
