with recursive

upgrades as (

    select * from {{ ref('fct_time_to_upgrade') }}
    where censored_reason is distinct from 'first month not over'

),

sliced as (

    {% for slice, value in [
        ('all', "'all'"), ('segment', 'segment'), ('region', 'region'), ('plan', 'plan_id')
    ] %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        version,
        cycles,
        sum(case when is_upgraded then 1 else 0 end) as upgraded,
        sum(case when is_upgraded then 0 else 1 end) as censored

    from upgrades

    group by {{ value ~ ', ' if slice != 'all' }}version, cycles

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

bounds as (

    select
        slice,
        slice_value,
        version,
        max(cycles) as last_cycle,
        sum(upgraded + censored) as accounts

    from sliced

    group by slice, slice_value, version

),

numbers as (

    select counted.n as cycle
    from ({{ numbers_below('(select coalesce(max(cycles), 0) + 1 from upgrades)') }}) as counted

),

-- accounts that upgraded or were censored in an earlier cycle are no longer at risk
counted as (

    select
        bounds.slice,
        bounds.slice_value,
        bounds.version,
        numbers.cycle,
        coalesce(sliced.upgraded, 0) as upgraded,
        coalesce(sliced.censored, 0) as censored,
        bounds.accounts - coalesce(
            sum(coalesce(sliced.upgraded, 0) + coalesce(sliced.censored, 0)) over (
                partition by bounds.slice, bounds.slice_value, bounds.version
                order by numbers.cycle
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as at_risk

    from bounds

    inner join numbers
        on numbers.cycle <= bounds.last_cycle

    left join sliced
        on
            bounds.slice = sliced.slice
            and bounds.slice_value = sliced.slice_value
            and bounds.version = sliced.version
            and numbers.cycle = sliced.cycles

),

-- Kaplan and Meier: of those at risk the share that did not upgrade, cycle by cycle
survived as (

    select
        slice,
        slice_value,
        version,
        cycle,
        cast(1 as decimal(38, 12)) as survival

    from counted
    where cycle = 0

    union all

    select
        counted.slice,
        counted.slice_value,
        counted.version,
        counted.cycle,
        {{ exact_ratio(
            'survived.survival',
            'cast(counted.at_risk - counted.upgraded as bigint)',
            'cast(counted.at_risk as bigint)'
        ) }} as survival

    from survived

    inner join counted
        on
            survived.slice = counted.slice
            and survived.slice_value = counted.slice_value
            and survived.version = counted.version
            and survived.cycle + 1 = counted.cycle

),

described as (

    select
        counted.slice,
        counted.slice_value,
        counted.version,
        cast(counted.cycle as integer) as cycle,
        cast(counted.at_risk as bigint) as at_risk,
        cast(counted.upgraded as bigint) as upgraded,
        cast(counted.censored as bigint) as censored,
        cast(round(survived.survival, 9) as decimal(18, 9)) as not_upgraded_share

    from counted

    inner join survived
        on
            counted.slice = survived.slice
            and counted.slice_value = survived.slice_value
            and counted.version = survived.version
            and counted.cycle = survived.cycle

)

select * from described
