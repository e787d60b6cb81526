with

levels as (

    select
        usage_level,
        usage_change_ratio,
        answering_accounts,
        planned_revenue,
        revenue,
        effect,
        effect_ratio,
        reason
    from marts.fct_usage_levels
    where scenario_id = $scenario_id and segment = $segment

),

cases as (

    select
        effects.assumption_case as usage_level,
        cast(null as decimal(18, 6)) as usage_change_ratio,
        (select max(answering_accounts) from levels) as answering_accounts,
        effects.planned_revenue,
        effects.revenue,
        effects.effect,
        effects.effect_ratio,
        effects.reason
    from marts.fct_assumption_effects as effects
    where
        effects.scenario_id = $scenario_id and effects.segment = $segment
        and effects.assumption = 'usage'

),

planned as (

    select distinct
        'assumed' as usage_level,
        cast(null as decimal(18, 6)) as usage_change_ratio,
        answering_accounts,
        planned_revenue,
        planned_revenue as revenue,
        cast(null as decimal(38, 4)) as effect,
        cast(null as decimal(18, 6)) as effect_ratio,
        reason
    from levels

)

select *
from (
    select * from planned
    union all
    select * from cases
    where exists (select 1 from levels)
    union all
    select * from levels
) as answers
order by
    array_position(['assumed', 'low', 'high'], usage_level) nulls last, usage_change_ratio
