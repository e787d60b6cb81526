{{ config(materialized='view') }}

with

windows as (

    select * from {{ ref('int_judged_windows') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

measures as (

    select * from {{ ref('int_scenario_measures') }}

),

bands as (

    select bands.* from ({{ churn_bands(ref('stg_churn_assumptions')) }}) as bands

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

banded as (

    select
        segments.segment,
        windows.month,
        windows.scenario_id,
        windows.window_name,
        windows.churn_band,
        count(*) as accounts

    from windows

    inner join segments
        on segments.segment in ('all', windows.segment)

    where windows.churn_band is not null

    group by
        segments.segment,
        windows.month,
        windows.scenario_id,
        windows.window_name,
        windows.churn_band

),

joined as (

    select
        measures.segment,
        measures.month,
        measures.scenario_id,
        measures.window_name,
        bands.increase_over,
        bands.next_increase_over,
        bands.extra_churn_ratio as assumed_churn,
        coalesce(banded.accounts, 0) as band_accounts,
        measures.accounts,
        measures.extra_churn,
        limits.limit_extra_churn,
        {{ is_limit_window('measures.window_name') }}
        and measures.accounts >= limits.small_cell_accounts as is_counted

    from measures

    cross join bands

    inner join limits
        on measures.segment = limits.segment

    left join banded
        on
            measures.segment = banded.segment
            and measures.month = banded.month
            and measures.scenario_id = banded.scenario_id
            and measures.window_name = banded.window_name
            and bands.increase_over = banded.churn_band

),

critical as (

    select
        segment,
        month,
        scenario_id,
        window_name,
        increase_over,
        next_increase_over,
        assumed_churn,
        is_counted,
        coalesce(extra_churn > limit_extra_churn, true) as is_broken,
        cast(band_accounts as bigint) as band_accounts,
        case
            when band_accounts > 0
                then
                    assumed_churn + {{ ratio(
                        '(limit_extra_churn - extra_churn) * accounts', 'band_accounts'
                    ) }}
        end as critical_churn

    from joined

),

-- where the assumption stands to the value at which the limit is met, and how far off it is
placed as (

    select
        *,
        case
            when critical_churn is null then 'nobody'
            when critical_churn > 1 then 'out_of_reach'
            when critical_churn < 0 then 'broken_regardless'
            when critical_churn < assumed_churn then 'broken'
            else 'kept'
        end as standing,
        case
            when critical_churn between 0 and 1 and assumed_churn > 0
                then {{ ratio('abs(critical_churn - assumed_churn)', 'assumed_churn') }}
        end as distance

    from critical

),

final as (

    select
        *,
        distance is not null
        and row_number() over (
            partition by segment, month, scenario_id, window_name
            order by case when distance is null then 1 else 0 end, distance, increase_over
        ) = 1 as is_nearest,
        -- all windows in which the limit must hold at once: a band cannot repair one in which it
        -- has no account
        case
            when
                max(
                    case when is_counted and critical_churn is null and is_broken then 1 else 0 end
                ) over (partition by segment, month, scenario_id, increase_over)
                = 0
                then
                    min(case when is_counted then critical_churn end) over (
                        partition by segment, month, scenario_id, increase_over
                    )
        end as deciding_churn

    from placed

)

select * from final
