with

segment_scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

latest as (

    select max(month) as month from segment_scenarios

),

judged as (

    select
        segment_scenarios.*,
        max(
            case
                when {{ is_evidence_window('segment_scenarios.window') }} and has_evidence then 1
                else 0
            end
        ) over (partition by segment_scenarios.segment, segment_scenarios.scenario_id)
        = 1 as is_evident,
        max(case when is_counted then shock_share end) over (
            partition by segment_scenarios.segment, segment_scenarios.scenario_id
        ) as worst_shock,
        -- what is to come where it is projected, else what is
        coalesce(
            max(
                case
                    when segment_scenarios.window = 'next_12' then segment_scenarios.expected_gain
                end
            ) over (partition by segment_scenarios.segment, segment_scenarios.scenario_id),
            max(
                case
                    when {{ is_evidence_window('segment_scenarios.window') }}
                        then segment_scenarios.expected_gain
                end
            ) over (partition by segment_scenarios.segment, segment_scenarios.scenario_id)
        ) as decided_gain

    from segment_scenarios

    inner join latest
        on segment_scenarios.month = latest.month

),

-- the order in which a verdict picks its proposal
placed as (

    select
        judged.segment,
        judged.scenario_id,
        judged.month,
        judged.window as deciding_window,
        judged.decided_gain as expected_gain,
        judged.revenue_change,
        judged.shock_share,
        judged.accounts,
        judged.is_small,
        judged.keeps_every_window as keeps_limits,
        row_number() over (
            partition by judged.segment
            order by
                case when judged.is_small then 1 else 0 end asc,
                judged.limits_broken asc,
                case when judged.keeps_every_window and judged.is_evident then 0 else 1 end asc,
                case when judged.keeps_every_window then 0 else judged.worst_shock end asc,
                case when judged.compared_change is null then 1 else 0 end asc,
                judged.compared_change desc,
                judged.shock_share asc,
                judged.accounts desc,
                judged.scenario_id asc
        ) as proposal_place

    from judged

    where judged.is_deciding

),

reasoned as (

    select
        *,
        case
            when segment = 'all' then 'all_segments'
            when is_small then 'few_accounts'
            when proposal_place > 1 then 'not_the_best_proposal'
            when expected_gain is null then 'no_churn_assumptions'
        end as reason

    from placed

),

-- a segment whose best proposal breaks a limit is no place to start, whatever it would gain
ranked as (

    select
        *,
        case
            when reason is null
                then
                    row_number() over (
                        partition by reason
                        order by
                            case when keeps_limits then 0 else 1 end,
                            expected_gain desc,
                            shock_share asc,
                            accounts desc,
                            segment asc
                    )
        end as segment_rank

    from reasoned

),

final as (

    select
        segment,
        scenario_id,
        month,
        deciding_window,
        cast(segment_rank as integer) as segment_rank,
        cast(proposal_place as integer) as proposal_place,
        reason,
        expected_gain,
        revenue_change,
        shock_share,
        accounts,
        keeps_limits

    from ranked

)

select * from final
