with

windows as (

    select * from {{ ref('int_migration_windows') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

bands as (

    select * from {{ ref('int_churn_bands') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

banded as (

    select
        segments.segment,
        windows.month,
        windows.scenario_id,
        windows.churn_band,
        count(*) as accounts

    from windows

    inner join segments
        on segments.segment in ('all', windows.segment)

    where
        windows.has_months
        and windows.current_reporting is not null
        and windows.proposed_reporting is not null
        and windows.churn_band is not null

    group by segments.segment, windows.month, windows.scenario_id, windows.churn_band

),

-- proposals that stand while churn stays low enough, else those that only churn holds back
deciding as (

    select
        *,
        max(case when keeps_limits then 1 else 0 end) over (partition by segment, month) = 1
            as any_keeps

    from scenarios

    where not is_small

),

contenders as (

    select
        deciding.segment,
        deciding.month,
        deciding.scenario_id,
        deciding.accounts,
        deciding.extra_churn,
        deciding.any_keeps,
        bands.increase_over,
        bands.next_increase_over,
        bands.extra_churn_ratio,
        coalesce(banded.accounts, 0) as band_accounts,
        limits.limit_extra_churn

    from deciding

    cross join bands

    inner join limits
        on deciding.segment = limits.segment

    left join banded
        on
            deciding.segment = banded.segment
            and deciding.month = banded.month
            and deciding.scenario_id = banded.scenario_id
            and bands.increase_over = banded.churn_band

    where
        deciding.keeps_limits
        or (not deciding.any_keeps and deciding.broken_limits = 'churn')

),

-- the band's churn at which expected churn meets the limit, all else as assumed; it is the same
-- assumption under every proposal
critical as (

    select
        *,
        case
            when band_accounts > 0
                then
                    extra_churn_ratio + {{ ratio(
                        '(limit_extra_churn - extra_churn) * accounts', 'band_accounts'
                    ) }}
        end as critical_churn

    from contenders

),

-- the verdict falls when the last proposal does, and rises with the first
combined as (

    select
        segment,
        month,
        any_keeps,
        increase_over,
        max(next_increase_over) as next_increase_over,
        max(extra_churn_ratio) as assumed_churn,
        case
            when any_keeps and count(critical_churn) < count(*) then null
            else max(critical_churn)
        end as critical_churn

    from critical

    group by segment, month, any_keeps, increase_over

),

-- a share cannot leave 0 to 100 %
possible as (

    select
        *,
        {{ ratio('abs(critical_churn - assumed_churn)', 'assumed_churn') }} as distance

    from combined

    where critical_churn between 0 and 1 and assumed_churn > 0

),

ranked as (

    select
        *,
        row_number() over (partition by segment, month order by distance, increase_over) as place

    from possible

),

final as (

    select
        segment,
        month,
        assumed_churn,
        critical_churn,
        distance,
        'churn among accounts '
        || case
            when next_increase_over is null
                then 'above ' || {{ percent_text('increase_over', 0, signed=true) }}
            else
                'from ' || {{ percent_text('increase_over', 0, signed=true) }} || ' to '
                || {{ percent_text('next_increase_over', 0, signed=true) }}
        end as words

    from ranked

    where place = 1

)

select * from final
