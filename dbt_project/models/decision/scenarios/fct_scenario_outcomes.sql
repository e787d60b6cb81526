with

scenario_draws as (

    select * from {{ ref('int_scenario_draws') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

counted as (

    select numbers.n as outcome from ({{ numbers_below(21) }}) as numbers

    where numbers.n > 0

),

ordered as (

    select
        scenario_draws.segment,
        scenario_draws.month,
        scenario_draws.scenario_id,
        scenario_draws.window_name,
        scenario_draws.revenue_change,
        row_number() over (
            partition by
                scenario_draws.segment, scenario_draws.scenario_id, scenario_draws.window_name
            order by scenario_draws.revenue_change
        ) as place,
        count(*) over (
            partition by
                scenario_draws.segment, scenario_draws.scenario_id, scenario_draws.window_name
        ) as draws

    from scenario_draws

    inner join last_closed
        on scenario_draws.month = last_closed.month

    where scenario_draws.revenue_change is not null

),

-- the middle of each twentieth of the draws, as an order statistic
final as (

    select
        ordered.segment,
        ordered.month,
        ordered.scenario_id,
        ordered.window_name as {{ adapter.quote('window') }},
        cast(counted.outcome as integer) as outcome,
        cast(ordered.revenue_change as decimal(18, 6)) as revenue_change,
        ordered.revenue_change > 0 as is_gain

    from ordered

    inner join counted
        on ordered.place = ((2 * counted.outcome - 1) * ordered.draws + 39) // 40

)

select * from final
