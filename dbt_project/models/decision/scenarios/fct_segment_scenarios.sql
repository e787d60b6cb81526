with

measures as (

    select * from {{ ref('int_scenario_measures') }}

),

-- limits and verdicts are held against the narrowest of the published intervals
intervals as (

    select * from {{ ref('fct_scenario_intervals') }}
    where confidence_level = 80

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

scenarios as (

    select * from {{ ref('stg_scenarios') }}

),

-- the months that prices were not fitted to are those that start after the last change of them
proposals as (

    select
        scenario_id,
        max(scenario_name) as scenario_name,
        max(proposed_on) as proposed_on,
        case
            when max(proposed_on) = {{ month_of('max(proposed_on)') }} then max(proposed_on)
            else {{ add_months(month_of('max(proposed_on)'), '1') }}
        end as first_month_judged

    from scenarios

    group by scenario_id

),

measured as (

    select
        measures.*,
        proposals.scenario_name,
        case
            when proposals.first_month_judged <= measures.month
                then
                    {{ months_between('proposals.first_month_judged', 'measures.month') }} + 1
            else 0
        end as months_since_proposed,
        intervals.revenue_change_low,
        intervals.revenue_change_high,
        intervals.shock_share_low,
        intervals.shock_share_high

    from measures

    inner join proposals
        on measures.scenario_id = proposals.scenario_id

    left join intervals
        on
            measures.segment = intervals.segment
            and measures.month = intervals.month
            and measures.scenario_id = intervals.scenario_id

),

-- what is not known keeps no limit, but the margin's: its export is optional
limited as (

    select
        measured.*,
        coalesce(measured.shock_share <= limits.limit_shock_share, false) as keeps_shock,
        coalesce(measured.shock_share > limits.no_go_shock_share, false) as is_no_go,
        coalesce(measured.extra_churn <= limits.limit_extra_churn, false) as keeps_churn,
        coalesce(measured.revenue_change_low >= limits.limit_revenue_change, false)
            as keeps_revenue,
        measured.margin_change >= limits.limit_margin_change as keeps_margin,
        measured.accounts < limits.small_cell_accounts as is_small,
        measured.accounts >= limits.evidence_accounts
        and measured.months_since_proposed >= limits.evidence_months as has_evidence

    from measured

    inner join limits
        on measured.segment = limits.segment

),

final as (

    select
        segment,
        month,
        scenario_id,
        coalesce(scenario_name, scenario_id) as scenario_name,
        cast(accounts as bigint) as accounts,
        cast(months_since_proposed as integer) as months_since_proposed,
        cast(current_reporting as decimal(38, 4)) as current_reporting,
        cast(proposed_reporting as decimal(38, 4)) as proposed_reporting,
        cast(revenue_change as decimal(18, 6)) as revenue_change,
        cast(revenue_change_low as decimal(18, 6)) as revenue_change_low,
        cast(revenue_change_high as decimal(18, 6)) as revenue_change_high,
        cast(shock_share as decimal(18, 6)) as shock_share,
        cast(shock_share_low as decimal(18, 6)) as shock_share_low,
        cast(shock_share_high as decimal(18, 6)) as shock_share_high,
        cast(extra_churn as decimal(18, 6)) as extra_churn,
        cast(margin_change as decimal(18, 6)) as margin_change,
        cast(winner_count as bigint) as winner_count,
        cast(loser_count as bigint) as loser_count,
        keeps_shock,
        is_no_go,
        keeps_churn,
        keeps_revenue,
        keeps_margin,
        keeps_shock and keeps_churn and keeps_revenue and coalesce(keeps_margin, true)
            as keeps_limits,
        is_small,
        has_evidence,
        concat_ws(
            ',',
            case when not keeps_shock then 'shock' end,
            case when not keeps_churn then 'churn' end,
            case when not keeps_revenue then 'revenue' end,
            case when not keeps_margin then 'margin' end
        ) as broken_limits

    from limited

)

select * from final
