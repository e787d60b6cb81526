with

windows as (

    select * from {{ ref('int_judged_windows') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

memberships as (

    select
        segments.segment,
        windows.account_id,
        windows.month,
        windows.scenario_id,
        windows.window_name,
        windows.current_reporting,
        windows.proposed_reporting,
        windows.difference,
        windows.cost,
        windows.is_shock,
        windows.extra_churn_ratio,
        windows.monthly_gain

    from windows

    inner join segments
        on segments.segment in ('all', windows.segment)

    inner join calendar_months
        on windows.month = calendar_months.month and not calendar_months.is_provisional

),

summed as (

    select
        segment,
        month,
        scenario_id,
        window_name,
        count(*) as accounts,
        sum(current_reporting) as current_reporting,
        sum(proposed_reporting) as proposed_reporting,
        sum(case when is_shock then 1 else 0 end) as shocked,
        sum(extra_churn_ratio) as extra_churn,
        sum(case when difference < 0 then 1 else 0 end) as winner_count,
        sum(case when difference > 0 then 1 else 0 end) as loser_count,
        case
            when count(extra_churn_ratio) = count(*) then sum(monthly_gain)
        end as expected_gain,
        sum(cost) as cost,
        sum(case when cost is not null then current_reporting end) as costed_current,
        sum(case when cost is not null then proposed_reporting end) as costed_proposed

    from memberships

    group by segment, month, scenario_id, window_name

),

final as (

    select
        segment,
        month,
        scenario_id,
        window_name,
        cast(accounts as bigint) as accounts,
        cast(current_reporting as decimal(38, 4)) as current_reporting,
        cast(proposed_reporting as decimal(38, 4)) as proposed_reporting,
        case
            when current_reporting > 0
                then {{ ratio('proposed_reporting - current_reporting', 'current_reporting') }}
        end as revenue_change,
        {{ ratio('shocked', 'accounts') }} as shock_share,
        {{ ratio('extra_churn', 'accounts') }} as extra_churn,
        case
            when costed_current > 0 and costed_proposed > 0
                then
                    {{ ratio('cost', 'costed_current') }} - {{ ratio('cost', 'costed_proposed') }}
        end as margin_change,
        cast(winner_count as bigint) as winner_count,
        cast(loser_count as bigint) as loser_count,
        cast(round(expected_gain, 4) as decimal(38, 4)) as expected_gain

    from summed

)

select * from final
