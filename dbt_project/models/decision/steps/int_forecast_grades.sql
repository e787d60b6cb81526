with

intervals as (

    select * from {{ ref('int_forecast_intervals') }}
    where realised is not null

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}
    where not is_provisional

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

-- a projection is graded once its last month has closed
known as (

    select
        intervals.segment,
        intervals.scenario_id,
        calendar_months.month,
        intervals.horizon_months,
        count(*) as origins,
        count(intervals.is_inside) as judged,
        sum(case when intervals.is_inside then 1 else 0 end) as covered

    from intervals

    inner join calendar_months
        on calendar_months.month_index >= intervals.origin_index + intervals.horizon_months

    group by
        intervals.segment,
        intervals.scenario_id,
        calendar_months.month,
        intervals.horizon_months

),

company as (

    select
        scenario_id,
        month,
        horizon_months,
        sum(judged) as judged,
        sum(covered) as covered

    from known

    where segment <> 'all'

    group by scenario_id, month, horizon_months

),

-- fewer than eight intervals of its own: those of all segments
pooled as (

    select
        known.segment,
        known.scenario_id,
        known.month,
        known.horizon_months,
        known.origins,
        case when known.judged >= 8 then known.judged else company.judged end as coverage_origins,
        case when known.judged >= 8 then known.covered else company.covered end as covered

    from known

    inner join company
        on
            known.scenario_id = company.scenario_id
            and known.month = company.month
            and known.horizon_months = company.horizon_months

),

graded as (

    select
        segment,
        scenario_id,
        month,
        horizon_months,
        cast(origins as bigint) as origins,
        cast(coverage_origins as bigint) as coverage_origins,
        case
            when coverage_origins > 0 then {{ ratio('covered', 'coverage_origins') }}
        end as coverage_80

    from pooled

),

final as (

    select
        graded.segment,
        graded.scenario_id,
        graded.month,
        graded.horizon_months,
        graded.origins,
        graded.coverage_origins,
        graded.coverage_80,
        coalesce(
            graded.origins >= limits.grade_forecast_origins
            and graded.coverage_80
            between limits.grade_forecast_coverage_low and limits.grade_forecast_coverage_high,
            false
        ) as keeps_grade,
        row_number() over (
            partition by graded.segment, graded.scenario_id, graded.month
            order by
                case
                    when
                        graded.origins >= limits.grade_forecast_origins
                        and graded.coverage_80 is not null
                        then 0
                    else 1
                end asc,
                graded.horizon_months desc
        ) = 1 as is_judged

    from graded

    inner join limits
        on graded.segment = limits.segment

)

select * from final
