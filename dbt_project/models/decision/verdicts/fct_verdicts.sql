with

verdicts as (

    select * from {{ ref('int_verdicts') }}

),

trigger_flips as (

    select * from {{ ref('int_trigger_flips') }}

),

signals as (

    select * from {{ ref('fct_signals') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- the figures that a trigger which does not hold is explained with
figures as (

    select
        segment,
        month,
        max(case when signal = 'automation_rising' then {{ figure_text() }} end)
            as automation_figure,
        max(case when signal = 'seat_growth_weak' then {{ figure_text() }} end) as growth_figure,
        max(case when signal = 'seats_idle' then {{ figure_text() }} end) as idle_figure,
        max(case when signal = 'expansion_weak' then {{ figure_text() }} end) as expansion_figure

    from signals

    group by segment, month

),

joined as (

    select
        verdicts.*,
        case when verdicts.segment = 'all' then 'all segments' else verdicts.segment end
            as segment_text,
        {{ percent_text('verdicts.revenue_change', 1, signed=true) }} as revenue_text,
        '(80 %: ' || {{ decimal_text('verdicts.revenue_change_low * 100', 1, signed=true) }}
        || ' to ' || {{ decimal_text('verdicts.revenue_change_high * 100', 1, signed=true) }}
        || ')' as interval_text,
        {{ percent_text('verdicts.shock_share', 1) }} as shock_text,
        case verdicts.deciding_window when 'first_bill' then 'on the ' else 'over the ' end
        || {{ window_text('verdicts.deciding_window') }} as window_words,
        figures.automation_figure,
        figures.growth_figure,
        figures.idle_figure,
        figures.expansion_figure,
        settings.reporting_currency,
        trigger_flips.loss_words,
        trigger_flips.gain_words,
        coalesce(trigger_flips.is_loss_undecided, false) as is_loss_undecided,
        coalesce(trigger_flips.is_gain_undecided, false) as is_gain_undecided

    from verdicts

    left join figures
        on verdicts.segment = figures.segment and verdicts.month = figures.month

    left join trigger_flips
        on verdicts.segment = trigger_flips.segment and verdicts.month = trigger_flips.month

    cross join settings

),

-- why the trigger does not hold: each condition that is false, with its figure
conditions as (

    select
        *,
        concat_ws(
            ', ',
            case when not automation_rising then 'automation not rising' || automation_figure end,
            case
                when not seat_growth_weak and not seats_idle
                    then 'seats neither weak' || growth_figure || ' nor idle' || idle_figure
            end,
            case when not expansion_weak then 'expansion not weak' || expansion_figure end
        ) as condition_words,
        concat_ws(
            ', ',
            case
                when scenario_accounts < evidence_accounts
                    then
                        cast(scenario_accounts as varchar) || ' of '
                        || {{ decimal_text('evidence_accounts', 0) }} || ' accounts'
            end,
            case
                when months_since_proposed < evidence_months
                    then
                        cast(months_since_proposed as varchar) || ' of '
                        || {{ decimal_text('evidence_months', 0) }} || ' months'
            end
        ) as evidence_words

    from joined

),

worded as (

    select
        *,
        case
            when verdict = 'hold_data' and is_invoiced_hold
                then
                    'HOLD – DATA for ' || segment_text || ': '
                    || {{ percent_text('invoiced_share', 1) }}
                    || ' of MRR sits with accounts whose bills could not be re-rated (limit '
                    || {{ percent_text('hold_invoiced_share', 1) }} || ').'
            when verdict = 'hold_data' and coverage is null
                then 'HOLD – DATA for ' || segment_text || ': no account with MRR in the month.'
            when verdict = 'hold_data' and is_coverage_hold
                then
                    'HOLD – DATA for ' || segment_text
                    || ': seats, usage and invoices are complete for '
                    || {{ percent_text('coverage', 1) }} || ' of MRR (floor '
                    || {{ percent_text('coverage_floor', 1) }} || ').'
            when verdict = 'hold_data'
                then
                    'HOLD – DATA for ' || segment_text || ': ' || undecided_signal
                    || ' could decide but is not available: ' || undecided_reason || '.'
            when verdict = 'review' and review_words <> ''
                then
                    'REVIEW ' || segment_text
                    || ': accounts that already left per-seat break limits: ' || review_words
                    || '.'
            when verdict = 'review'
                then
                    'REVIEW ' || segment_text || ': accounts with unapproved discounts rose from '
                    || cast(unapproved_before as varchar) || ' to '
                    || cast(unapproved_accounts as varchar) || ' in a month.'
            when verdict = 'not_yet' and not is_trigger
                then 'NOT YET for ' || segment_text || ': ' || condition_words || '.'
            when verdict = 'not_yet' and scenario_count = 0
                then
                    'NOT YET for ' || segment_text
                    || ': the trigger holds, but no proposal has enough closed months to judge.'
            when verdict = 'not_yet'
                then
                    'NOT YET for ' || segment_text
                    || ': no proposal keeps the limits: ' || broken_words
                    || case
                        when scenario_count > 2
                            then ' and ' || cast(scenario_count - 2 as varchar) || ' more'
                        else ''
                    end
                    || '.'
            when verdict = 'migrate'
                then
                    'MIGRATE ' || segment_text || ' to ' || scenario_name || ': revenue '
                    || revenue_text || ' ' || interval_text || ', ' || shock_text
                    || ' of accounts shocked ' || window_words || '; '
                    || {{ counted_text('scenario_accounts', 'account') }}
                    || ', ' || {{ counted_text('months_since_proposed', 'closed month') }}
                    || ' since proposed, confidence high.'
            else
                'PILOT ' || scenario_name || ' with ' || segment_text || ': revenue '
                || revenue_text || ' ' || interval_text || ', ' || shock_text
                || ' of accounts shocked ' || window_words || '; '
                || case
                    when not has_evidence then 'evidence short: ' || evidence_words || '.'
                    else 'confidence ' || confidence || ' (' || weakest || ').'
                end
        end as sentence,
        -- what a proposal that keeps the limits rests on; nothing here knows of pilots
        case
            when verdict in ('migrate', 'pilot')
                then
                    case when has_evidence then 'Evidence: ' else 'Evidence, still short: ' end
                    || {{ counted_text('months_since_proposed', 'month') }}
                    || ' closed since ' || scenario_name || ' was proposed ('
                    || {{ decimal_text('evidence_months', 0) }} || ' needed) and '
                    || {{ counted_text('scenario_accounts', 'account') }} || ' ('
                    || {{ decimal_text('evidence_accounts', 0) }} || ' needed), not a pilot.'
        end as evidence,
        case weakest
            when 'none' then 'none: all four grades are high'
            when 'data'
                then
                    case
                        when accuracy is null then 'data: nothing could be reconciled with invoices'
                        when accuracy <= loaded_share
                            then
                                'data: ' || {{ percent_text('accuracy', 1) }}
                                || ' of invoiced amounts agree (high from '
                                || {{ percent_text('grade_accuracy_high', 1) }} || ')'
                        else
                            'data: ' || {{ percent_text('loaded_share', 1) }}
                            || ' of rows loaded, the rest quarantined (high from '
                            || {{ percent_text('grade_accuracy_high', 1) }} || ')'
                    end
            when 'coverage'
                then
                    case
                        when coverage is null then 'coverage: no MRR in the month'
                        else
                            'coverage: ' || {{ percent_text('coverage', 1) }}
                            || ' of MRR has complete seats, usage and invoices (high from '
                            || {{ percent_text('grade_coverage_high', 1) }} || ')'
                    end
            when 'sample'
                then
                    case
                        when interval_width is null then 'sample: no proposal could be judged'
                        else
                            'sample: the 80 % interval of the revenue change is '
                            || {{ decimal_text('interval_width * 100', 1) }}
                            || ' points wide (high up to '
                            || {{ decimal_text('grade_width_high * 100', 1) }} || ')'
                    end
            else
                case
                    when not coalesce(is_forecast_capped, false)
                        then
                            'assumptions: the verdict flips at '
                            || {{ percent_text('critical_churn', 1) }}
                            || ' ' || churn_words || ', assumed '
                            || {{ percent_text('assumed_churn', 1) }}
                    when forecast_origins < grade_forecast_origins or forecast_coverage is null
                        then
                            'assumptions: projections could be compared with bills from '
                            || {{ counted_text('forecast_origins', 'month') }} || ' (high from '
                            || {{ decimal_text('grade_forecast_origins', 0) }} || ')'
                    else
                        'assumptions: '
                        || {{ percent_text('forecast_coverage', 1) }}
                        || ' of 80 % intervals of projections contained what was billed (high from '
                        || {{ percent_text('grade_forecast_coverage_low', 1) }} || ' to '
                        || {{ percent_text('grade_forecast_coverage_high', 1) }} || ')'
                end
        end as weakest_link,
        {{ verdict_text('verdict_without_hold') }} as without_hold_text,
        {{ verdict_text('verdict_without_review') }} as without_review_text,
        {{ verdict_text('verdict_with_trigger') }} as with_trigger_text,
        {{ verdict_text('verdict_with_shock') }} as with_shock_text,
        {{ verdict_text('verdict_with_revenue') }} as with_revenue_text,
        {{ verdict_text('verdict_with_margin') }} as with_margin_text,
        {{ verdict_text('verdict_with_churn') }} as with_churn_text

    from conditions

),

-- each flip is what deciding again gives with that one input changed
flipped as (

    select
        *,
        concat_ws(
            ' | ',
            case
                when verdict = 'not_yet' and is_trigger and relief is not null
                    then
                        'flips to PILOT with '
                        || case relief
                            when 'hard_cap'
                                then
                                    'a cap of '
                                    || {{ percent_text('relief_cap_ratio', 0, signed=true) }}
                                    || ' on each bill'
                            when 'soft_cap'
                                then
                                    'a soft cap from '
                                    || {{ percent_text('relief_cap_ratio', 0, signed=true) }}
                                    || ' on each bill'
                            when 'credit'
                                then
                                    'a credit of ' || cast(relief_credit_months as varchar)
                                    || ' months of rise'
                            else 'its own grandfathering for good'
                        end
                        || ' of ' || scenario_name
                        || ', the cheapest relief that keeps the limits, for '
                        || {{ grouped_text('relief_monthly_cost') }} || ' ' || reporting_currency
                        || ' a month'
            end,
            case
                when verdict in ('pilot', 'migrate') and churn_words is not null
                    then
                        'flips to NOT YET if ' || churn_words || ' exceeds '
                        || {{ percent_text('critical_churn', 1) }} || ' (assumed '
                        || {{ percent_text('assumed_churn', 1) }} || ')'
                when verdict = 'not_yet' and is_trigger and churn_words is not null
                    then
                        'flips to ' || with_churn_text || ' if ' || churn_words || ' is at most '
                        || {{ percent_text('critical_churn', 1) }} || ' (assumed '
                        || {{ percent_text('assumed_churn', 1) }} || ')'
            end,
            case
                when verdict in ('pilot', 'migrate') and kept_shock > 0
                    then
                        'flips to NOT YET if the shock limit is below '
                        || {{ percent_text('kept_shock', 1) }} || ' (now '
                        || {{ percent_text('limit_shock_share', 1) }} || ')'
                when verdict = 'not_yet' and is_trigger and broken_shock is not null
                    then
                        'flips to ' || with_shock_text || ' if the shock limit is at least '
                        || {{ percent_text('broken_shock', 1) }} || ' (now '
                        || {{ percent_text('limit_shock_share', 1) }} || ')'
            end,
            case
                when verdict in ('pilot', 'migrate')
                    then
                        'flips to NOT YET if the revenue limit is above '
                        || {{ percent_text('kept_revenue', 1, signed=true) }} || ' (now '
                        || {{ percent_text('limit_revenue_change', 1, signed=true) }} || ')'
                when verdict = 'not_yet' and is_trigger and broken_revenue is not null
                    then
                        'flips to ' || with_revenue_text || ' if the revenue limit is at most '
                        || {{ percent_text('broken_revenue', 1, signed=true) }} || ' (now '
                        || {{ percent_text('limit_revenue_change', 1, signed=true) }} || ')'
            end,
            case
                when verdict = 'not_yet' and is_trigger and broken_margin is not null
                    then
                        'flips to ' || with_margin_text || ' if the margin limit is at most '
                        || {{ decimal_text('broken_margin * 100', 1, signed=true) }}
                        || ' points (now '
                        || {{ decimal_text('limit_margin_change * 100', 1, signed=true) }} || ')'
            end,
            case
                when
                    verdict in ('pilot', 'migrate')
                    and loss_words is not null
                    and is_loss_undecided
                    then 'flips to HOLD – DATA if ' || loss_words
                when verdict in ('pilot', 'migrate') and loss_words is not null
                    then 'flips to NOT YET if ' || loss_words
                when
                    verdict = 'not_yet'
                    and not is_trigger
                    and gain_words is not null
                    and is_gain_undecided
                    then 'flips to HOLD – DATA if ' || gain_words
                when
                    verdict = 'not_yet'
                    and not is_trigger
                    and verdict_with_trigger <> 'not_yet'
                    and gain_words is not null
                    then 'flips to ' || with_trigger_text || ' if ' || gain_words
            end,
            case
                when verdict = 'pilot' and not has_evidence and least_rank = 3
                    then
                        'flips to MIGRATE with '
                        || {{ decimal_text('evidence_accounts', 0) }} || ' accounts and '
                        || {{ decimal_text('evidence_months', 0) }}
                        || ' months after the proposal (now '
                        || cast(scenario_accounts as varchar) || ' and '
                        || cast(months_since_proposed as varchar) || ')'
                when verdict = 'pilot' and has_evidence
                    then 'flips to MIGRATE if ' || weakest || ' reaches grade high'
            end,
            case
                when
                    verdict = 'hold_data'
                    and is_invoiced_hold
                    and not is_coverage_hold
                    and verdict_without_hold <> 'hold_data'
                    then
                        'flips to ' || without_hold_text || ' if at most '
                        || {{ percent_text('hold_invoiced_share', 1) }}
                        || ' of MRR is on invoiced bills (now '
                        || {{ percent_text('invoiced_share', 1) }} || ')'
                when
                    verdict = 'hold_data'
                    and is_coverage_hold
                    and not is_invoiced_hold
                    and coverage is not null
                    and verdict_without_hold <> 'hold_data'
                    then
                        'flips to ' || without_hold_text || ' if coverage reaches '
                        || {{ percent_text('coverage_floor', 1) }} || ' (now '
                        || {{ percent_text('coverage', 1) }} || ')'
                when
                    verdict = 'hold_data'
                    and undecided_count = 1
                    and verdict_with_trigger in ('pilot', 'migrate')
                    then 'flips to ' || with_trigger_text || ' if ' || undecided_signal || ' fires'
                when
                    verdict = 'hold_data'
                    and undecided_count = 1
                    and verdict_with_trigger <> 'hold_data'
                    then
                        'flips to ' || with_trigger_text || ' once ' || undecided_signal
                        || ' is available'
            end,
            case
                when verdict = 'review'
                    then
                        'flips to ' || without_review_text
                        || ' once moved accounts keep the limits and exceptions stop doubling'
            end
        ) as flips

    from worded

),

final as (

    select
        segment,
        month,
        verdict,
        scenario_id,
        deciding_window,
        relief,
        cast(relief_cap_ratio as decimal(18, 6)) as relief_cap_ratio,
        cast(relief_credit_months as integer) as relief_credit_months,
        cast(relief_monthly_cost as decimal(38, 4)) as relief_monthly_cost,
        is_trigger,
        cast(active_accounts as bigint) as accounts,
        cast(mrr as decimal(38, 4)) as mrr_reporting,
        cast(revenue_change as decimal(18, 6)) as revenue_change,
        cast(revenue_change_low as decimal(18, 6)) as revenue_change_low,
        cast(revenue_change_high as decimal(18, 6)) as revenue_change_high,
        cast(shock_share as decimal(18, 6)) as shock_share,
        confidence,
        weakest_link,
        evidence,
        grade_data,
        grade_coverage,
        grade_sample,
        grade_assumptions,
        cast(accuracy as decimal(18, 6)) as accuracy,
        cast(coverage as decimal(18, 6)) as coverage,
        cast(invoiced_share as decimal(18, 6)) as invoiced_share,
        sentence,
        flips

    from flipped

)

select * from final
