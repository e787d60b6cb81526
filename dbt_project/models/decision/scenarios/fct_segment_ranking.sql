with

segment_scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

windows as (

    select * from {{ ref('int_migration_windows') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

latest as (

    select max(month) as month from segment_scenarios

),

judged as (

    select segment_scenarios.*
    from segment_scenarios

    inner join latest
        on segment_scenarios.month = latest.month

),

-- a month's bill under the proposal, less what the assumed extra churn takes of it, against today's
compared as (

    select
        segment,
        month,
        scenario_id,
        months,
        extra_churn_ratio,
        {{ stayed_amount('proposed_reporting', 'cast(1 - extra_churn_ratio as decimal(20, 9))') }}
        - current_reporting as gain

    from windows

    where
        has_months
        and current_reporting is not null
        and proposed_reporting is not null

),

monthly as (

    select
        compared.*,
        {{ exact_ratio('gain', '1', 'months') }} as monthly_gain

    from compared

),

gains as (

    select
        segments.segment,
        monthly.month,
        monthly.scenario_id,
        case
            when count(monthly.extra_churn_ratio) = count(*) then sum(monthly.monthly_gain)
        end as expected_gain

    from monthly

    inner join segments
        on segments.segment in ('all', monthly.segment)

    group by segments.segment, monthly.month, monthly.scenario_id

),

-- the order in which a verdict picks its proposal
placed as (

    select
        judged.*,
        gains.expected_gain,
        row_number() over (
            partition by judged.segment
            order by
                case when judged.is_small then 1 else 0 end asc,
                case when judged.keeps_shock then 0 else 1 end
                + case when judged.keeps_churn then 0 else 1 end
                + case when judged.keeps_revenue then 0 else 1 end
                + case when coalesce(judged.keeps_margin, true) then 0 else 1 end asc,
                case when judged.keeps_limits and judged.has_evidence then 0 else 1 end asc,
                case when judged.revenue_change is null then 1 else 0 end asc,
                judged.revenue_change desc,
                judged.shock_share asc,
                judged.accounts desc,
                judged.scenario_id asc
        ) as proposal_place

    from judged

    left join gains
        on
            judged.segment = gains.segment
            and judged.month = gains.month
            and judged.scenario_id = gains.scenario_id

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
        cast(segment_rank as integer) as segment_rank,
        cast(proposal_place as integer) as proposal_place,
        reason,
        cast(round(expected_gain, 4) as decimal(38, 4)) as expected_gain,
        revenue_change,
        shock_share,
        accounts,
        keeps_limits

    from ranked

)

select * from final
