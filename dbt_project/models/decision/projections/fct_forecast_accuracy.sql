with

trends as (

    select * from {{ ref('int_bill_trends') }}

),

intervals as (

    select * from {{ ref('int_forecast_intervals') }}

),

grades as (

    select * from {{ ref('int_forecast_grades') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select
        max(month) as month,
        max(month_index) as month_index

    from calendar_months

    where not is_provisional

),

horizons as (

    select cast(graded.horizon_months as integer) as horizon_months
    from (values (1), (3), (6), (12)) as graded (horizon_months)

),

offered as (

    select distinct
        segment,
        scenario_id

    from trends

    union distinct

    select distinct
        'all' as segment,
        scenario_id

    from trends

),

-- what was projected, once it is known what was billed
errors as (

    select
        segment,
        scenario_id,
        horizon_months,
        {{ ratio('projected - realised', 'realised') }} as error

    from intervals

    where realised > 0

),

ordered as (

    select
        *,
        abs(error) as size,
        row_number() over (
            partition by segment, scenario_id, horizon_months order by abs(error)
        ) as place,
        count(*) over (partition by segment, scenario_id, horizon_months) as errors

    from errors

),

measured as (

    select
        segment,
        scenario_id,
        horizon_months,
        {{ ratio(
            'sum(case when 2 * place between errors and errors + 2 then size end)',
            'count(case when 2 * place between errors and errors + 2 then size end)'
        ) }} as median_error,
        {{ ratio('sum(error)', 'count(*)') }} as bias

    from ordered

    group by segment, scenario_id, horizon_months

),

final as (

    select
        offered.segment,
        offered.scenario_id,
        horizons.horizon_months,
        coalesce(
            intervals.model, case when offered.segment = 'all' then 'each' else 'damped' end
        ) as model,
        coalesce(grades.origins, cast(0 as bigint)) as origins,
        measured.median_error,
        measured.bias,
        grades.coverage_80,
        coalesce(grades.coverage_origins, cast(0 as bigint)) as coverage_origins,
        intervals.interval_ratio,
        coalesce(intervals.residuals, cast(0 as bigint)) as interval_origins,
        coalesce(intervals.is_pooled, true) as is_pooled,
        case
            when coalesce(grades.origins, 0) = 0 then 'too_few_months'
            when intervals.interval_ratio is null then 'too_few_origins'
        end as reason

    from offered

    cross join horizons

    cross join last_closed

    left join intervals
        on
            offered.segment = intervals.segment
            and offered.scenario_id = intervals.scenario_id
            and horizons.horizon_months = intervals.horizon_months
            and last_closed.month_index = intervals.origin_index

    left join grades
        on
            offered.segment = grades.segment
            and offered.scenario_id = grades.scenario_id
            and horizons.horizon_months = grades.horizon_months
            and last_closed.month = grades.month

    left join measured
        on
            offered.segment = measured.segment
            and offered.scenario_id = measured.scenario_id
            and horizons.horizon_months = measured.horizon_months

)

select * from final
