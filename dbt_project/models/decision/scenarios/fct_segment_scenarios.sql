{# what a row of intervals says of each measure #}
{% set measures = [
    ('revenue_change', 'decimal(18, 6)'),
    ('shock_share', 'decimal(18, 6)'),
    ('extra_churn', 'decimal(18, 6)'),
    ('margin_change', 'decimal(18, 6)'),
    ('winner_share', 'decimal(18, 6)'),
    ('loser_share', 'decimal(18, 6)'),
    ('expected_gain', 'decimal(38, 4)'),
] %}

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
        {{ ratio('measures.winner_count', 'measures.accounts') }} as winner_share,
        {{ ratio('measures.loser_count', 'measures.accounts') }} as loser_share,
        {% for measure, _ in measures %}
        intervals.{{ measure }}_low,
        intervals.{{ measure }}_high,
        {% endfor %}
        intervals.confidence_level

    from measures

    inner join proposals
        on measures.scenario_id = proposals.scenario_id

    left join intervals
        on
            measures.segment = intervals.segment
            and measures.month = intervals.month
            and measures.scenario_id = intervals.scenario_id
            and measures.window_name = intervals.window

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

named as (

    select
        *,
        keeps_shock and keeps_churn and keeps_revenue and coalesce(keeps_margin, true)
            as keeps_limits,
        case when keeps_shock then 0 else 1 end
        + case when keeps_churn then 0 else 1 end
        + case when keeps_revenue then 0 else 1 end
        + case when coalesce(keeps_margin, true) then 0 else 1 end as broken_count,
        -- what would have been decides nothing, and neither do a handful of accounts
        {{ is_limit_window('window_name') }} and not is_small as is_counted

    from limited

),

-- the worst window first: of equals the one in which most accounts are shocked, then leave, then
-- the one with the least revenue, then the one that comes first; where none counts, the last three
-- months
placed as (

    select
        *,
        row_number() over (
            partition by segment, month, scenario_id
            order by
                case
                    when is_counted then 0
                    when {{ is_evidence_window('window_name') }} then 1
                    when {{ is_limit_window('window_name') }} then 2
                    else 3
                end asc,
                case when is_no_go then 0 else 1 end asc,
                broken_count desc,
                shock_share desc,
                case when extra_churn is null then 0 else 1 end asc,
                extra_churn desc,
                case when revenue_change_low is null then 0 else 1 end asc,
                revenue_change_low asc,
                case window_name when 'first_bill' then 1 when 'trailing_3' then 2 else 3 end asc
        ) as window_place,
        {% for limit in ['shock', 'churn', 'revenue', 'margin'] %}
        max(case when is_counted and not keeps_{{ limit }} then 1 else 0 end) over (
            partition by segment, month, scenario_id
        ) = 1 as breaks_{{ limit }},
        {% endfor %}
        max(case when is_counted then 1 else 0 end) over (
            partition by segment, month, scenario_id
        ) = 1 as is_decided,
        -- proposals are compared by what is to come where it is projected, else by what is
        coalesce(
            max(case when window_name = 'next_12' then revenue_change end) over (
                partition by segment, month, scenario_id
            ),
            max(case when {{ is_evidence_window('window_name') }} then revenue_change end) over (
                partition by segment, month, scenario_id
            )
        ) as compared_change

    from named

),

final as (

    select
        segment,
        month,
        scenario_id,
        window_name as {{ adapter.quote('window') }},
        coalesce(scenario_name, scenario_id) as scenario_name,
        cast(accounts as bigint) as accounts,
        cast(months_since_proposed as integer) as months_since_proposed,
        cast(current_reporting as decimal(38, 4)) as current_reporting,
        cast(proposed_reporting as decimal(38, 4)) as proposed_reporting,
        {% for measure, type in measures %}
        cast({{ measure }} as {{ type }}) as {{ measure }},
        cast({{ measure }}_low as {{ type }}) as {{ measure }}_low,
        cast({{ measure }}_high as {{ type }}) as {{ measure }}_high,
        {% endfor %}
        cast(winner_count as bigint) as winner_count,
        cast(loser_count as bigint) as loser_count,
        keeps_shock,
        is_no_go,
        keeps_churn,
        keeps_revenue,
        keeps_margin,
        keeps_limits,
        is_small,
        has_evidence,
        concat_ws(
            ',',
            case when not keeps_shock then 'shock' end,
            case when not keeps_churn then 'churn' end,
            case when not keeps_revenue then 'revenue' end,
            case when not keeps_margin then 'margin' end
        ) as broken_limits,
        is_counted,
        window_place = 1 as is_deciding,
        is_decided
        and not breaks_shock
        and not breaks_churn
        and not breaks_revenue
        and not breaks_margin as keeps_every_window,
        concat_ws(
            ',',
            case when breaks_shock then 'shock' end,
            case when breaks_churn then 'churn' end,
            case when breaks_revenue then 'revenue' end,
            case when breaks_margin then 'margin' end
        ) as broken_in_windows,
        cast(
            case when breaks_shock then 1 else 0 end
            + case when breaks_churn then 1 else 0 end
            + case when breaks_revenue then 1 else 0 end
            + case when breaks_margin then 1 else 0 end as integer
        ) as limits_broken,
        cast(compared_change as decimal(18, 6)) as compared_change

    from placed

)

select * from final
