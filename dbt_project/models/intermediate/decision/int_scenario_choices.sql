with

scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

-- a handful of accounts drives no verdict
judged as (

    select
        *,
        case when keeps_shock then 0 else 1 end
        + case when keeps_churn then 0 else 1 end
        + case when keeps_revenue then 0 else 1 end
        + case when coalesce(keeps_margin, true) then 0 else 1 end as broken_count

    from scenarios

    where not is_small

),

-- limits first, then evidence, then gain, shock and sample, as segments are ranked
ranked as (

    select
        *,
        replace(broken_limits, ',', ', ') as broken_text,
        row_number() over (
            partition by segment, month
            order by
                broken_count asc,
                case when keeps_limits and has_evidence then 0 else 1 end asc,
                case when revenue_change is null then 1 else 0 end asc,
                revenue_change desc,
                shock_share asc,
                accounts desc,
                scenario_id asc
        ) as place

    from judged

),

-- what the verdict would turn on if one limit were set differently
across as (

    select
        segment,
        month,
        max(case when keeps_limits then 1 else 0 end) as any_keeps,
        min(case when keeps_limits then shock_share end) as kept_shock,
        max(case when keeps_limits then revenue_change_low end) as kept_revenue,
        min(case when broken_limits = 'shock' then shock_share end) as broken_shock,
        max(case when broken_limits = 'revenue' then revenue_change_low end) as broken_revenue,
        max(case when broken_limits = 'margin' then margin_change end) as broken_margin,
        count(*) as scenario_count,
        {{ ordered_text(
            "case when place <= 3 then scenario_name || ' (' || broken_text || ')' end", 'place', "', '"
        ) }} as broken_words

    from ranked

    group by segment, month

),

final as (

    select
        ranked.segment,
        ranked.month,
        ranked.scenario_id,
        ranked.scenario_name,
        ranked.accounts,
        ranked.months_since_proposed,
        ranked.revenue_change,
        ranked.revenue_change_low,
        ranked.revenue_change_high,
        ranked.revenue_change_high - ranked.revenue_change_low as interval_width,
        ranked.shock_share,
        ranked.extra_churn,
        ranked.margin_change,
        ranked.is_no_go,
        ranked.has_evidence,
        across.any_keeps = 1 as keeps_limits,
        across.kept_shock,
        across.kept_revenue,
        across.broken_shock,
        across.broken_revenue,
        across.broken_margin,
        across.scenario_count,
        across.broken_words

    from ranked

    inner join across
        on ranked.segment = across.segment and ranked.month = across.month

    where ranked.place = 1

)

select * from final
