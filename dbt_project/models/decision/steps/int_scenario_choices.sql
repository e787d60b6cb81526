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
        min({{ ratio('abs(deciding_churn - assumed_churn)', 'assumed_churn') }}) as flip_distance

    from scenario_flips

    where deciding_churn between 0 and 1 and assumed_churn > 0

    group by segment, month, scenario_id

),

-- the worst figure of each kind, over the windows in which limits must hold
worst as (

    select
        segment,
        month,
        scenario_id,
        bool_or(is_no_go) as is_no_go,
        max(shock_share) as shock_share,
        min(revenue_change_low) as revenue_change_low,
        min(margin_change) as margin_change,
        bool_or({{ is_evidence_window('scenarios.window') }} and has_evidence) as has_evidence,
        max(case when {{ is_evidence_window('scenarios.window') }} then accounts end) as accounts

    from scenarios

    where is_counted

    group by segment, month, scenario_id

),

-- a proposal as its worst window has it; a handful of accounts drives no verdict
judged as (

    select
        scenarios.segment,
        scenarios.month,
        scenarios.scenario_id,
        scenarios.scenario_name,
        scenarios.window as deciding_window,
        coalesce(worst.accounts, scenarios.accounts) as accounts,
        scenarios.months_since_proposed,
        scenarios.revenue_change,
        scenarios.revenue_change_low,
        scenarios.revenue_change_high,
        scenarios.shock_share,
        scenarios.extra_churn,
        scenarios.margin_change,
        worst.shock_share as worst_shock,
        worst.revenue_change_low as worst_revenue,
        worst.margin_change as worst_margin,
        worst.is_no_go,
        worst.has_evidence,
        scenarios.keeps_every_window as keeps_limits,
        scenarios.broken_in_windows as broken_limits,
        distances.flip_distance,
        scenarios.revenue_change_high - scenarios.revenue_change_low as interval_width,
        scenarios.limits_broken,
        scenarios.compared_change

    from scenarios

    inner join worst
        on
            scenarios.segment = worst.segment
            and scenarios.month = worst.month
            and scenarios.scenario_id = worst.scenario_id

    left join distances
        on
            scenarios.segment = distances.segment
            and scenarios.month = distances.month
            and scenarios.scenario_id = distances.scenario_id

    where scenarios.is_deciding and scenarios.is_counted

),

-- limits first, then evidence, then gain, shock and sample, as segments are ranked
ranked as (

    select
        *,
        replace(broken_limits, ',', ', ') || ': ' || {{ window_text('deciding_window') }}
            as broken_text,
        row_number() over (
            partition by segment, month
            order by
                limits_broken asc,
                case when keeps_limits and has_evidence then 0 else 1 end asc,
                case when keeps_limits then 0 else worst_shock end asc,
                case when compared_change is null then 1 else 0 end asc,
                compared_change desc,
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
                case when broken_limits = 'shock' then worst_shock end asc,
                case when broken_limits = 'revenue' then worst_revenue end desc,
                case when broken_limits = 'margin' then worst_margin end desc,
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
        min(case when keeps_limits then worst_shock end) as kept_shock,
        max(case when keeps_limits then worst_revenue end) as kept_revenue,
        min(case when broken_limits = 'shock' then worst_shock end) as broken_shock,
        max(case when broken_limits = 'revenue' then worst_revenue end) as broken_revenue,
        max(case when broken_limits = 'margin' then worst_margin end) as broken_margin,
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
            "case when place <= 2 then scenario_name || ' (' || broken_text || ')' end", 'place', "', '"
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
        ranked.deciding_window,
        ranked.broken_limits,
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
