with

projected as (

    select * from {{ ref('int_projection_accounts') }}
    where month_ahead between 1 and 12

),

segments as (

    select * from {{ ref('int_segments') }}

),

churn_assumptions as (

    select * from {{ ref('stg_churn_assumptions') }}

),

usage_response as (

    select * from {{ ref('stg_usage_response') }}

),

churn_cases as (

    select distinct assumption_case from churn_assumptions

),

usage_cases as (

    select distinct assumption_case from usage_response

),

-- one assumption at a time leaves its middle case; the others stay in theirs
tried as (

    select
        trials.assumption,
        trials.assumption_case,
        case
            when middle_churn.assumption_case is null then 'no_churn_assumptions'
            when middle_usage.assumption_case is null then 'no_usage_response'
            when trials.assumption = 'churn' and tried_churn.assumption_case is null
                then 'no_churn_assumptions'
            when trials.assumption = 'usage' and tried_usage.assumption_case is null
                then 'no_usage_response'
        end as reason

    from (
        values
        ('churn', 'low'),
        ('churn', 'high'),
        ('usage', 'low'),
        ('usage', 'high'),
        ('adoption', 'low')
    ) as trials (assumption, assumption_case)

    left join churn_cases as middle_churn
        on middle_churn.assumption_case = 'middle'

    left join usage_cases as middle_usage
        on middle_usage.assumption_case = 'middle'

    left join churn_cases as tried_churn
        on trials.assumption_case = tried_churn.assumption_case

    left join usage_cases as tried_usage
        on trials.assumption_case = tried_usage.assumption_case

),

-- a month of an account in each case, and what it pays where it stays on today's model; shares are
-- wide enough that their product with the largest amounts is
sided as (

    select
        account_id,
        segment,
        scenario_id,
        month_ahead,
        max(case when is_covered then 1 else 0 end) as covered,
        max(case when assumption_case = 'middle' and is_moved then 1 else 0 end) as moved,
        max(case when assumption_case = 'low' then amount end) as amount_low,
        max(case when assumption_case = 'middle' then amount end) as amount_middle,
        max(case when assumption_case = 'high' then amount end) as amount_high,
        cast(max(case when assumption_case = 'low' then staying end) as decimal(20, 6))
            as staying_low,
        cast(max(case when assumption_case = 'middle' then staying end) as decimal(20, 6))
            as staying_middle,
        cast(max(case when assumption_case = 'high' then staying end) as decimal(20, 6))
            as staying_high,
        max(case when assumption_case = 'middle' then revenue end) as revenue

    from projected

    where scenario_id <> 'current'

    group by account_id, segment, scenario_id, month_ahead

),

today as (

    select
        account_id,
        month_ahead,
        amount

    from projected

    where scenario_id = 'current' and assumption_case = 'middle'

),

-- where adoption is low, who would not pay less stays as long as that is so
weighed as (

    select
        sided.segment,
        sided.scenario_id,
        sided.covered,
        today.amount as current_revenue,
        sided.revenue,
        round(sided.amount_middle * sided.staying_low, 4) as churn_low,
        round(sided.amount_middle * sided.staying_high, 4) as churn_high,
        round(sided.amount_low * sided.staying_middle, 4) as usage_low,
        round(sided.amount_high * sided.staying_middle, 4) as usage_high,
        case
            when sided.moved = 1 and sided.amount_middle >= today.amount then today.amount
            else sided.revenue
        end as adoption_low

    from sided

    inner join today
        on sided.account_id = today.account_id and sided.month_ahead = today.month_ahead

),

summed as (

    select
        segments.segment,
        weighed.scenario_id,
        sum(weighed.current_revenue) as current_revenue,
        sum(weighed.revenue) as planned_revenue,
        sum(weighed.churn_low) as churn_low,
        sum(weighed.churn_high) as churn_high,
        sum(weighed.usage_low) as usage_low,
        sum(weighed.usage_high) as usage_high,
        sum(weighed.adoption_low) as adoption_low

    from weighed

    inner join segments
        on segments.segment in ('all', weighed.segment)

    group by segments.segment, weighed.scenario_id

    having max(weighed.covered) = 1

),

compared as (

    select
        summed.segment,
        summed.scenario_id,
        tried.assumption,
        tried.assumption_case,
        tried.reason,
        cast(summed.current_revenue as decimal(38, 4)) as current_revenue,
        cast(summed.planned_revenue as decimal(38, 4)) as planned_revenue,
        cast(
            case
                when tried.assumption = 'adoption' then summed.adoption_low
                when tried.assumption = 'churn' and tried.assumption_case = 'low'
                    then summed.churn_low
                when tried.assumption = 'churn' then summed.churn_high
                when tried.assumption_case = 'low' then summed.usage_low
                else summed.usage_high
            end as decimal(38, 4)
        ) as revenue

    from summed

    cross join tried

),

final as (

    select
        segment,
        scenario_id,
        assumption,
        assumption_case,
        current_revenue,
        case when reason is null then planned_revenue end as planned_revenue,
        case when reason is null then revenue end as revenue,
        case when reason is null then cast(revenue - planned_revenue as decimal(38, 4)) end
            as effect,
        case
            when reason is null and planned_revenue > 0
                then {{ ratio('revenue - planned_revenue', 'planned_revenue') }}
        end as effect_ratio,
        reason

    from compared

)

select * from final
