with

counted as (

    select
        segment,
        month,
        scenario_id,
        "window",
        count(*) filter (where is_gain) as gains,
        count(*) as outcomes
    from marts.fct_scenario_outcomes
    group by segment, month, scenario_id, "window"

)

select
    verdicts.* exclude (
        revenue_change, revenue_change_low, revenue_change_high, shock_share
    ),
    named.scenario_name,
    shown.scenario_id as shown_scenario_id,
    shown.scenario_name as shown_scenario_name,
    coalesce(shown.scenario_id = verdicts.scenario_id, false) as is_named,
    shown.accounts as shown_accounts,
    shown.revenue_change,
    intervals.confidence_level,
    intervals.revenue_change_low,
    intervals.revenue_change_high,
    counted.gains,
    counted.outcomes,
    shown.shock_share,
    intervals.shock_share_low,
    intervals.shock_share_high,
    shown.extra_churn,
    shown.window as shown_window,
    shown.keeps_every_window as keeps_limits,
    shown.broken_in_windows as broken_limits,
    shown.is_small,
    retention.nrr,
    retention.grr
from marts.fct_verdicts as verdicts
left join marts.fct_segment_scenarios as named
    on
        verdicts.segment = named.segment
        and verdicts.month = named.month
        and verdicts.scenario_id = named.scenario_id
        and named.is_deciding
left join marts.fct_segment_scenarios as shown
    on
        verdicts.segment = shown.segment
        and verdicts.month = shown.month
        and shown.scenario_id = coalesce($scenario_id, verdicts.scenario_id)
        and shown.is_deciding
left join marts.fct_scenario_intervals as intervals
    on
        shown.segment = intervals.segment
        and shown.month = intervals.month
        and shown.scenario_id = intervals.scenario_id
        and shown.window = intervals.window
        and intervals.confidence_level = $level
left join counted
    on
        shown.segment = counted.segment
        and shown.month = counted.month
        and shown.scenario_id = counted.scenario_id
        and shown.window = counted.window
left join marts.fct_trailing_retention as retention
    on
        verdicts.segment = retention.segment
        and verdicts.month = retention.month
        and retention.version = 'subscription'
where verdicts.month = (select max(month) from marts.fct_verdicts)
order by
    verdicts.segment = 'all',
    array_position($in_order, verdicts.verdict) nulls last,
    verdicts.is_trigger desc nulls last,
    verdicts.mrr_reporting desc nulls last,
    verdicts.segment asc
