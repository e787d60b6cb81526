with

quality as (

    select * from {{ ref('fct_segment_quality') }}

),

triggers as (

    select * from {{ ref('int_triggers') }}

),

choices as (

    select * from {{ ref('int_scenario_choices') }}

),

reviews as (

    select * from {{ ref('int_segment_reviews') }}

),

churn_flips as (

    select * from {{ ref('int_churn_flips') }}

),

forecast_grades as (

    select * from {{ ref('int_forecast_grades') }}
    where is_judged

),

cap_effects as (

    select * from {{ ref('fct_cap_effects') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

-- the cheapest relief under which a proposal would keep the limits: as of the latest month alone
last_judged as (

    select max(month) as month from choices

),

reliefs as (

    select
        cap_effects.segment,
        cap_effects.scenario_id,
        last_judged.month,
        max(cap_effects.relief) as relief,
        max(cap_effects.cap_ratio) as cap_ratio,
        max(cap_effects.credit_months) as credit_months,
        max(cap_effects.deciding_cost) as deciding_cost

    from cap_effects

    cross join last_judged

    where cap_effects.is_cheapest

    group by cap_effects.segment, cap_effects.scenario_id, last_judged.month

),

joined as (

    select
        quality.segment,
        quality.month,
        quality.active_accounts,
        quality.mrr,
        quality.invoiced_share,
        quality.coverage,
        quality.accuracy,
        quality.loaded_share,
        case
            when quality.accuracy is null then null
            when quality.accuracy <= quality.loaded_share then quality.accuracy
            else quality.loaded_share
        end as data_share,
        coalesce(quality.invoiced_share > limits.hold_invoiced_share, false) as is_invoiced_hold,
        coalesce(quality.coverage < limits.coverage_floor, true) as is_coverage_hold,
        coalesce(reviews.broken_words <> '' or reviews.has_doubled, false) as is_review,
        reviews.broken_words as review_words,
        reviews.has_doubled,
        reviews.unapproved_accounts,
        reviews.unapproved_before,
        triggers.is_trigger,
        triggers.automation_rising,
        triggers.seat_growth_weak,
        triggers.seats_idle,
        triggers.expansion_weak,
        coalesce(triggers.undecided_count, 0) as undecided_count,
        coalesce(triggers.undecided_signal, 'automation_rising') as undecided_signal,
        coalesce(triggers.undecided_reason, 'no data') as undecided_reason,
        choices.scenario_id,
        choices.scenario_name,
        choices.deciding_window,
        reliefs.relief,
        reliefs.cap_ratio as relief_cap_ratio,
        reliefs.credit_months as relief_credit_months,
        reliefs.deciding_cost as relief_monthly_cost,
        choices.accounts as scenario_accounts,
        choices.months_since_proposed,
        choices.revenue_change,
        choices.revenue_change_low,
        choices.revenue_change_high,
        choices.interval_width,
        choices.shock_share,
        choices.is_no_go,
        coalesce(choices.keeps_limits, false) as keeps_limits,
        coalesce(choices.has_evidence, false) as has_evidence,
        choices.kept_shock,
        choices.kept_revenue,
        choices.broken_shock,
        choices.broken_revenue,
        choices.broken_margin,
        {% for limit in ['shock', 'revenue', 'margin', 'churn'] %}
        coalesce(choices.{{ limit }}_has_evidence, false) as {{ limit }}_has_evidence,
        choices.{{ limit }}_width,
        choices.{{ limit }}_distance,
        {% endfor %}
        coalesce(choices.scenario_count, 0) as scenario_count,
        choices.broken_words,
        churn_flips.words as churn_words,
        churn_flips.assumed_churn,
        churn_flips.critical_churn,
        -- only a verdict that rests on the proposals can turn on what they assume
        case when triggers.is_trigger then churn_flips.distance end as flip_distance,
        churn_flips.distance as churn_flip_distance,
        coalesce(forecast_grades.keeps_grade, false) as is_forecast_graded,
        coalesce(forecast_grades.origins, cast(0 as bigint)) as forecast_origins,
        forecast_grades.horizon_months as forecast_horizon,
        forecast_grades.coverage_80 as forecast_coverage,
        limits.grade_forecast_origins,
        limits.grade_forecast_coverage_low,
        limits.grade_forecast_coverage_high,
        limits.hold_invoiced_share,
        limits.coverage_floor,
        limits.limit_shock_share,
        limits.limit_revenue_change,
        limits.limit_margin_change,
        limits.evidence_accounts,
        limits.evidence_months,
        limits.grade_accuracy_high,
        limits.grade_accuracy_medium,
        limits.grade_coverage_high,
        limits.grade_coverage_medium,
        limits.grade_width_high,
        limits.grade_width_medium,
        limits.grade_flip_high,
        limits.grade_flip_medium

    from quality

    inner join limits
        on quality.segment = limits.segment

    left join triggers
        on quality.segment = triggers.segment and quality.month = triggers.month

    left join choices
        on quality.segment = choices.segment and quality.month = choices.month

    -- no relief repairs revenue or margin
    left join reliefs
        on
            quality.segment = reliefs.segment
            and quality.month = reliefs.month
            and choices.scenario_id = reliefs.scenario_id
            and choices.broken_limits in ('shock', 'churn', 'shock,churn')

    left join reviews
        on quality.segment = reviews.segment and quality.month = reviews.month

    left join churn_flips
        on quality.segment = churn_flips.segment and quality.month = churn_flips.month

    left join forecast_grades
        on
            quality.segment = forecast_grades.segment
            and quality.month = forecast_grades.month
            and choices.scenario_id = forecast_grades.scenario_id

),

graded as (

    select
        *,
        {{ grade('data_share', 'grade_accuracy_high', 'grade_accuracy_medium') }} as grade_data,
        {{ grade('coverage', 'grade_coverage_high', 'grade_coverage_medium') }}
            as grade_coverage,
        {{ grade('interval_width', 'grade_width_high', 'grade_width_medium', at_least=false) }}
            as grade_sample,
        -- whether it is the projections alone for which the grade is not high
        is_trigger
        and scenario_id is not null
        and not is_forecast_graded
        and coalesce(flip_distance >= grade_flip_high, true) as is_forecast_capped,
        -- a verdict that rests on a proposal is as sure as its projections have been right
        case
            when flip_distance < grade_flip_medium then 'low'
            when is_trigger and scenario_id is not null and not is_forecast_graded then 'medium'
            when flip_distance is null then 'high'
            else {{ grade('flip_distance', 'grade_flip_high', 'grade_flip_medium') }}
        end as grade_assumptions

    from joined

),

weighed as (

    select
        *,
        least(
            {{ grade_rank('grade_data') }},
            {{ grade_rank('grade_coverage') }},
            {{ grade_rank('grade_sample') }},
            {{ grade_rank('grade_assumptions') }}
        ) as least_rank

    from graded

),

-- of equally weak grades the first in this order is named
named as (

    select
        *,
        case least_rank when 3 then 'high' when 2 then 'medium' else 'low' end as confidence,
        case
            when least_rank = 3 then 'none'
            when {{ grade_rank('grade_data') }} = least_rank then 'data'
            when {{ grade_rank('grade_coverage') }} = least_rank then 'coverage'
            when {{ grade_rank('grade_sample') }} = least_rank then 'sample'
            else 'assumptions'
        end as weakest,
        {% for limit in ['shock', 'revenue', 'margin', 'churn'] %}
        {{ limit }}_has_evidence
        and grade_data = 'high'
        and grade_coverage = 'high'
        and coalesce({{ limit }}_width <= grade_width_high, false)
        and coalesce({{ limit }}_distance >= grade_flip_high, true)
        and is_forecast_graded as is_ready_{{ limit }},
        {% endfor %}
        has_evidence
        and grade_data = 'high'
        and grade_coverage = 'high'
        and grade_sample = 'high'
        and coalesce(churn_flip_distance >= grade_flip_high, true)
        and is_forecast_graded as is_ready_trigger,
        least_rank = 3 and has_evidence as is_ready

    from weighed

),

-- decided once as things are, and again with one of the inputs otherwise
decided as (

    select
        *,
        -- without a limit the proposal that it held back is the one to be named
        {% for limit in ['shock', 'revenue', 'margin', 'churn'] %}
        {{ verdict(
            'is_invoiced_hold or is_coverage_hold', 'is_review', 'is_trigger', 'true',
            'is_ready_' ~ limit
        ) }} as verdict_with_{{ limit }},
        {% endfor %}
        {{ verdict(
            'is_invoiced_hold or is_coverage_hold', 'is_review', 'is_trigger', 'keeps_limits',
            'is_ready'
        ) }} as verdict,
        {{ verdict('false', 'is_review', 'is_trigger', 'keeps_limits', 'is_ready') }}
            as verdict_without_hold,
        {{ verdict(
            'is_invoiced_hold or is_coverage_hold', 'false', 'is_trigger', 'keeps_limits',
            'is_ready'
        ) }} as verdict_without_review,
        {{ verdict(
            'is_invoiced_hold or is_coverage_hold', 'is_review', 'true', 'keeps_limits',
            'is_ready_trigger'
        ) }} as verdict_with_trigger

    from named

)

select * from decided
