with

scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

scenario_flips as (

    select * from {{ ref('int_scenario_flips') }}

),

-- how far the assumed churn is from where the proposal would break its limit
distances as (

    select
        segment,
        month,
        scenario_id,
        min({{ ratio('abs(critical_churn - assumed_churn)', 'assumed_churn') }}) as flip_distance

    from scenario_flips

    where critical_churn between 0 and 1 and assumed_churn > 0

    group by segment, month, scenario_id

),

-- a handful of accounts drives no verdict
judged as (

    select
        scenarios.*,
        distances.flip_distance,
        revenue_change_high - revenue_change_low as interval_width,
        case when keeps_shock then 0 else 1 end
        + case when keeps_churn then 0 else 1 end
        + case when keeps_revenue then 0 else 1 end
        + case when coalesce(keeps_margin, true) then 0 else 1 end as broken_count

    from scenarios

    left join distances
        on
            scenarios.segment = distances.segment
            and scenarios.month = distances.month
            and scenarios.scenario_id = distances.scenario_id

    where not scenarios.is_small

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

-- the proposal that a limit would let through first, were it the only one that holds it back
nearest as (

    select
        *,
        row_number() over (
            partition by segment, month, broken_limits
            order by
                case when broken_limits = 'shock' then shock_share end asc,
                case when broken_limits = 'revenue' then revenue_change_low end desc,
                case when broken_limits = 'margin' then margin_change end desc,
                place asc
        ) = 1 as is_nearest

    from ranked

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
        {% for limit in ['shock', 'revenue', 'margin', 'churn'] %}
        max(
            case
                when is_nearest and broken_limits = '{{ limit }}' and has_evidence then 1 else 0
            end
        )
        = 1 as {{ limit }}_has_evidence,
        max(case when is_nearest and broken_limits = '{{ limit }}' then interval_width end)
            as {{ limit }}_width,
        max(case when is_nearest and broken_limits = '{{ limit }}' then flip_distance end)
            as {{ limit }}_distance,
        {% endfor %}
        count(*) as scenario_count,
        {{ ordered_text(
            "case when place <= 3 then scenario_name || ' (' || broken_text || ')' end", 'place', "', '"
        ) }} as broken_words

    from nearest

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
        ranked.interval_width,
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
        {% for limit in ['shock', 'revenue', 'margin', 'churn'] %}
        across.{{ limit }}_has_evidence,
        across.{{ limit }}_width,
        across.{{ limit }}_distance,
        {% endfor %}
        across.scenario_count,
        across.broken_words

    from ranked

    inner join across
        on ranked.segment = across.segment and ranked.month = across.month

    where ranked.place = 1

)

select * from final
