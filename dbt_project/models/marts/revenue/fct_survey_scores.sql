{% set slices = [
    ('all', "'all'"), ('segment', 'segment'), ('region', 'region'), ('plan', 'plan_id')
] %}

with

survey_responses as (

    select * from {{ ref('stg_survey_responses') }}

),

accounts as (

    select
        account_id,
        segment,
        coalesce(region, 'unknown') as region,
        coalesce(plan_id, 'unknown') as plan_id

    from {{ ref('int_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

export_status as (

    select * from {{ ref('stg_export_status') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_answers
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

missing as (

    select max(case when export = 'survey_responses' then reason end) as survey_reason
    from export_status

),

kinds as (

    select 'nps' as kind

    union all

    select 'csat' as kind

    union all

    select 'pricing_fit' as kind

),

-- an answer outside its scale does not count
answers as (

    select
        survey_responses.account_id,
        survey_responses.kind,
        survey_responses.score,
        {{ month_of(local_day('survey_responses.responded_at', 'settings.time_zone')) }}
            as month,
        case
            when survey_responses.kind = 'nps' then survey_responses.score between 0 and 10
            else survey_responses.score between 1 and 5
        end as is_on_scale,
        case
            when survey_responses.kind = 'nps' then survey_responses.score >= 9
            else survey_responses.score >= 4
        end as is_pleased,
        survey_responses.kind = 'nps' and survey_responses.score < 7 as is_detractor

    from survey_responses

    cross join settings

),

-- every answer counts in its month and in the eleven after it
counted as (

    select
        answers.account_id,
        answers.kind,
        calendar_months.month,
        count(case when answers.is_on_scale then 1 end) as answers,
        count(
            case when answers.is_on_scale and answers.month = calendar_months.month then 1 end
        ) as answers_in_month,
        count(case when answers.is_on_scale and answers.is_pleased then 1 end) as pleased,
        count(case when answers.is_on_scale and answers.is_detractor then 1 end)
            as detractors,
        count(case when not answers.is_on_scale then 1 end) as off_scale,
        sum(case when answers.is_on_scale then answers.score else 0 end) as score_sum

    from answers

    inner join calendar_months
        on
            answers.month <= calendar_months.month
            and answers.month > {{ add_months('calendar_months.month', '-12') }}

    group by answers.account_id, answers.kind, calendar_months.month

),

summed as (

    {% for slice, value in slices %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        counted.kind,
        counted.month,
        count(case when counted.answers > 0 then 1 end) as accounts,
        sum(counted.answers) as answers,
        sum(counted.answers_in_month) as answers_in_month,
        sum(counted.pleased) as pleased,
        sum(counted.detractors) as detractors,
        sum(counted.off_scale) as off_scale,
        sum(counted.score_sum) as score_sum

    from counted

    inner join accounts
        on counted.account_id = accounts.account_id

    group by {{ value ~ ', ' if slice != 'all' }}counted.kind, counted.month

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

slice_values as (

    {% for slice, value in slices %}

    select distinct
        '{{ slice }}' as slice,
        {{ value }} as slice_value

    from accounts

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

described as (

    select
        slice_values.slice,
        slice_values.slice_value,
        kinds.kind,
        calendar_months.month,
        case when missing.survey_reason is null then coalesce(summed.answers, 0) end
            as answers,
        case when missing.survey_reason is null then coalesce(summed.answers_in_month, 0) end
            as answers_in_month,
        case when missing.survey_reason is null then coalesce(summed.off_scale, 0) end
            as off_scale,
        coalesce(summed.accounts, 0) as accounts,
        case
            when summed.answers > 0 and kinds.kind = 'nps'
                then {{ ratio('100 * (summed.pleased - summed.detractors)', 'summed.answers') }}
            when summed.answers > 0 then {{ ratio('summed.pleased', 'summed.answers') }}
        end as value,
        case
            when summed.answers > 0 then {{ ratio('summed.score_sum', 'summed.answers') }}
        end as mean_score,
        case when kinds.kind = 'nps' then 'points' else 'ratio' end as unit,
        coalesce(coalesce(summed.answers, 0) < limits.least_answers, false) as is_small,
        calendar_months.is_provisional,
        case
            when missing.survey_reason is not null then missing.survey_reason
            when coalesce(summed.answers, 0) = 0 then 'no answers in 12 months'
        end as reason

    from slice_values

    cross join kinds

    cross join calendar_months

    cross join missing

    cross join limits

    left join summed
        on
            slice_values.slice = summed.slice
            and slice_values.slice_value = summed.slice_value
            and kinds.kind = summed.kind
            and calendar_months.month = summed.month

),

typed as (

    select
        slice,
        slice_value,
        kind,
        month,
        cast(answers as bigint) as answers,
        cast(answers_in_month as bigint) as answers_in_month,
        cast(off_scale as bigint) as off_scale,
        cast(accounts as bigint) as accounts,
        cast(value as decimal(18, 6)) as value,
        cast(mean_score as decimal(18, 6)) as mean_score,
        unit,
        is_small,
        is_provisional,
        reason

    from described

)

select * from typed
