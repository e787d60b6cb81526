with

named as (

    select
        scenario_id,
        min({
            'rank': array_position($in_order, verdict),
            'is_calm': not coalesce(is_trigger, false),
            'mrr': -mrr_reporting
        }) as strongest
    from marts.fct_verdicts
    where
        month = (select max(latest.month) from marts.fct_verdicts as latest)
        and scenario_id is not null
    group by scenario_id

),

proposed as (

    select
        scenario_id,
        max_by(scenario_name, month) as scenario_name,
        max_by(keeps_every_window, month) as keeps_limits,
        max_by(compared_change, month) as revenue_change
    from marts.fct_segment_scenarios
    where segment = 'all' and is_deciding
    group by scenario_id

)

select
    proposed.scenario_id,
    proposed.scenario_name
from proposed
left join named on proposed.scenario_id = named.scenario_id
order by
    named.strongest asc nulls last,
    proposed.keeps_limits desc nulls last,
    proposed.revenue_change desc nulls last,
    proposed.scenario_id asc
