with

curve as (

    select * from {{ ref('fct_upgrade_curve') }}

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
        slice,
        slice_value,
        version,
        sum(upgraded + censored) as accounts,
        sum(upgraded) as upgraded_accounts,
        sum(censored) as censored_accounts,
        min(case when not_upgraded_share <= 0.5 then cycle end) as median_cycles,
        min(not_upgraded_share) as not_upgraded_share

    from curve

    group by slice, slice_value, version

),

described as (

    select
        slice,
        slice_value,
        version,
        cast(accounts as bigint) as accounts,
        cast(upgraded_accounts as bigint) as upgraded_accounts,
        cast(censored_accounts as bigint) as censored_accounts,
        median_cycles,
        not_upgraded_share,
        coalesce(accounts < least_accounts, false) as is_small,
        case when median_cycles is null then 'fewer than half have upgraded so far' end as reason

    from summed

    cross join limits

)

select * from described
