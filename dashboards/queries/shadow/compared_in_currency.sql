with

named as (

    select
        scenario_id,
        any_value(scenario_name) as scenario_name
    from marts.fct_segment_scenarios
    group by scenario_id

),

summed as (

    select
        shock.scenario_id,
        count(*) as accounts,
        cast(sum(shock.current_reporting) as decimal(38, 4)) as current_reporting,
        cast(sum(shock.proposed_reporting) as decimal(38, 4)) as proposed_reporting,
        count(*) filter (where shock.difference < 0) as winner_count,
        count(*) filter (where shock.difference > 0) as loser_count,
        count(*) filter (where shock.is_shock) as shocked,
        count(shock.is_shock) as judged
    from marts.fct_migration_shock as shock
    where
        list_contains($scenario_ids, shock.scenario_id)
        and shock.monthly_increase_reporting is not null
        and (shock.segment = $segment or $segment = 'all')
        and billed_in(shock.account_id, $currency)
    group by shock.scenario_id

)

select
    summed.scenario_id,
    named.scenario_name,
    summed.accounts,
    summed.current_reporting,
    summed.proposed_reporting,
    summed.proposed_reporting - summed.current_reporting as difference_reporting,
    cast(
        marts.revenue_change(summed.current_reporting, summed.proposed_reporting)
        as decimal(18, 6)
    ) as revenue_change,
    cast(null as decimal(18, 6)) as revenue_change_low,
    cast(null as decimal(18, 6)) as revenue_change_high,
    summed.winner_count,
    summed.loser_count,
    cast(marts.ratio(summed.shocked, summed.judged) as decimal(18, 6)) as shock_share,
    cast(null as decimal(18, 6)) as extra_churn,
    cast(null as decimal(18, 6)) as margin_change,
    cast(null as boolean) as keeps_limits,
    cast(null as varchar) as broken_limits
from summed
left join named on summed.scenario_id = named.scenario_id
order by revenue_change desc nulls last, summed.scenario_id asc
