with

scenario_draws as (

    select * from {{ ref('int_scenario_draws') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

levels as (

    select
        cast(offered.confidence_level as integer) as confidence_level,
        cast(offered.tail as decimal(4, 3)) as tail
    from (values (80, 0.1), (90, 0.05), (95, 0.025)) as offered (confidence_level, tail)

),

-- the same draws for every level: a wider interval leaves out fewer of them
ordered as (

    select
        scenario_draws.segment,
        scenario_draws.month,
        scenario_draws.scenario_id,
        scenario_draws.revenue_change,
        scenario_draws.shock_share,
        row_number() over (
            partition by
                scenario_draws.segment, scenario_draws.month, scenario_draws.scenario_id
            order by
                case when scenario_draws.revenue_change is null then 1 else 0 end,
                scenario_draws.revenue_change
        ) as revenue_place,
        count(scenario_draws.revenue_change) over (
            partition by
                scenario_draws.segment, scenario_draws.month, scenario_draws.scenario_id
        ) as revenue_draws,
        row_number() over (
            partition by
                scenario_draws.segment, scenario_draws.month, scenario_draws.scenario_id
            order by scenario_draws.shock_share
        ) as shock_place,
        count(*) over (
            partition by
                scenario_draws.segment, scenario_draws.month, scenario_draws.scenario_id
        ) as shock_draws

    from scenario_draws

    inner join calendar_months
        on scenario_draws.month = calendar_months.month and not calendar_months.is_provisional

),

placed as (

    select
        ordered.*,
        levels.confidence_level,
        {{ low_place('ordered.revenue_draws', 'levels.tail') }} as revenue_low_place,
        {{ low_place('ordered.shock_draws', 'levels.tail') }} as shock_low_place

    from ordered

    cross join levels

),

final as (

    select
        segment,
        month,
        scenario_id,
        confidence_level,
        cast(
            max(case when revenue_place = revenue_low_place then revenue_change end)
            as decimal(18, 6)
        ) as revenue_change_low,
        cast(
            max(
                case
                    when revenue_place = revenue_draws + 1 - revenue_low_place
                        then revenue_change
                end
            ) as decimal(18, 6)
        ) as revenue_change_high,
        cast(
            max(case when shock_place = shock_low_place then shock_share end) as decimal(18, 6)
        ) as shock_share_low,
        cast(
            max(case when shock_place = shock_draws + 1 - shock_low_place then shock_share end)
            as decimal(18, 6)
        ) as shock_share_high

    from placed

    group by segment, month, scenario_id, confidence_level

)

select * from final
