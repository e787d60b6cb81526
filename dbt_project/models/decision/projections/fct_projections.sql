with

projected as (

    select * from {{ ref('int_projection_accounts') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}
    where is_active

),

segments as (

    select * from {{ ref('int_segments') }}

),

scenarios as (

    select names.* from ({{ scenario_names(ref('stg_scenarios')) }}) as names

),

rollout_accounts as (

    select * from {{ ref('int_rollout_accounts') }}

),

churn_assumptions as (

    select * from {{ ref('stg_churn_assumptions') }}

),

usage_response as (

    select * from {{ ref('stg_usage_response') }}

),

accuracy as (

    select * from {{ ref('fct_forecast_accuracy') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

counted as (

    select numbers.n from ({{ numbers_below(25) }}) as numbers

),

cases as (

    select
        assumed.assumption_case,
        coalesce(churned.bands, 0) as churn_bands,
        coalesce(answered.bands, 0) as response_bands

    from (values ('low'), ('middle'), ('high')) as assumed (assumption_case)

    left join
        (
            select
                assumption_case,
                count(*) as bands
            from churn_assumptions
            group by assumption_case
        ) as churned
        on assumed.assumption_case = churned.assumption_case

    left join
        (
            select
                assumption_case,
                count(*) as bands
            from usage_response
            group by assumption_case
        ) as answered
        on assumed.assumption_case = answered.assumption_case

),

members as (

    select
        segments.segment,
        accounts.account_id

    from accounts

    inner join segments
        on segments.segment in ('all', accounts.segment)

),

sizes as (

    select
        segment,
        count(*) as active_accounts

    from members

    group by segment

),

-- a proposal is projected for the segments in which it covers somebody
offered as (

    select distinct
        members.segment,
        rollout_accounts.scenario_id

    from rollout_accounts

    inner join members
        on rollout_accounts.account_id = members.account_id

    union distinct

    select
        sizes.segment,
        'current' as scenario_id

    from sizes

),

grid as (

    select
        offered.segment,
        offered.scenario_id,
        cases.assumption_case,
        cast(counted.n as integer) as month_ahead,
        {{ add_months('last_closed.month', 'counted.n') }} as month,
        sizes.active_accounts,
        case
            when offered.scenario_id = 'current' then null
            when cases.churn_bands = 0 then 'no_churn_assumptions'
            when cases.response_bands = 0 then 'no_usage_response'
        end as reason

    from offered

    inner join scenarios
        on offered.scenario_id = scenarios.scenario_id

    inner join sizes
        on offered.segment = sizes.segment

    cross join cases

    cross join counted

    cross join last_closed

    where counted.n > 0

),

summed as (

    select
        members.segment,
        projected.scenario_id,
        projected.assumption_case,
        projected.month_ahead,
        count(*) as projected_accounts,
        sum(projected.staying) as staying,
        sum(1 - projected.staying) as churned,
        sum(case when projected.is_moved then projected.staying else 0 end) as moved,
        sum(projected.revenue) as revenue,
        sum(projected.cash) as cash,
        sum(projected.deferred) as deferred,
        sum(projected.unbilled) as unbilled

    from projected

    inner join members
        on projected.account_id = members.account_id

    where projected.month_ahead > 0

    group by
        members.segment,
        projected.scenario_id,
        projected.assumption_case,
        projected.month_ahead

),

joined as (

    select
        grid.segment,
        grid.scenario_id,
        grid.assumption_case,
        grid.month_ahead,
        grid.month,
        grid.active_accounts - coalesce(summed.projected_accounts, 0) as accounts_left_out,
        coalesce(grid.reason, case when summed.segment is null then 'no_bills' end) as reason,
        summed.staying,
        summed.churned,
        summed.moved,
        summed.revenue,
        summed.cash,
        summed.deferred,
        summed.unbilled

    from grid

    left join summed
        on
            grid.segment = summed.segment
            and grid.scenario_id = summed.scenario_id
            and grid.assumption_case = summed.assumption_case
            and grid.month_ahead = summed.month_ahead

),

totalled as (

    select
        *,
        case
            when reason is null
                then
                    sum(revenue) over (
                        partition by segment, scenario_id, assumption_case
                        order by month_ahead
                        rows between unbounded preceding and current row
                    )
        end as revenue_to_date,
        case
            when reason is null
                then
                    sum(cash) over (
                        partition by segment, scenario_id, assumption_case
                        order by month_ahead
                        rows between unbounded preceding and current row
                    )
        end as cash_to_date

    from joined

),

-- the next horizon that is graded; beyond the last one the interval widens in proportion
spread as (

    select
        totalled.*,
        accuracy.interval_ratio,
        1 + case
            when totalled.month_ahead <= 12 then accuracy.interval_ratio
            else
                cast(
                    {{ ratio(
                        'cast(accuracy.interval_ratio as decimal(18, 6)) * totalled.month_ahead',
                        '12'
                    ) }} as decimal(18, 6)
                )
        end as spread_ratio,
        accuracy.reason as interval_reason

    from totalled

    left join accuracy
        on
            totalled.segment = accuracy.segment
            and totalled.scenario_id = accuracy.scenario_id
            and accuracy.horizon_months = case
                when totalled.month_ahead <= 1 then 1
                when totalled.month_ahead <= 3 then 3
                when totalled.month_ahead <= 6 then 6
                else 12
            end

),

final as (

    select
        segment,
        scenario_id,
        assumption_case,
        month_ahead,
        month,
        month_ahead in (6, 12, 24) as is_horizon,
        cast(case when reason is null then staying end as decimal(18, 6)) as accounts,
        cast(case when reason is null then churned end as decimal(18, 6)) as churned,
        cast(case when reason is null then moved end as decimal(18, 6)) as moved_accounts,
        cast(accounts_left_out as bigint) as accounts_left_out,
        cast(case when reason is null then revenue end as decimal(38, 4)) as revenue,
        cast(case when reason is null then cash end as decimal(38, 4)) as cash,
        cast(case when reason is null then deferred end as decimal(38, 4)) as deferred_revenue,
        cast(case when reason is null then unbilled end as decimal(38, 4)) as unbilled_revenue,
        cast(revenue_to_date as decimal(38, 4)) as revenue_to_date,
        cast(
            round(
                {{ exact_ratio(
                    'revenue_to_date', '1000000', 'cast(spread_ratio * 1000000 as bigint)'
                ) }},
                4
            )
            as decimal(38, 4)
        ) as revenue_to_date_low,
        cast(
            round(
                cast(revenue_to_date as decimal(26, 4)) * cast(spread_ratio as decimal(11, 6)), 4
            ) as decimal(38, 4)
        ) as revenue_to_date_high,
        cast(cash_to_date as decimal(38, 4)) as cash_to_date,
        case
            when reason is not null then null
            when interval_ratio is null then coalesce(interval_reason, 'too_few_months')
            when month_ahead > 12 then 'beyond_twelve_months'
        end as interval_note,
        reason

    from spread

)

select * from final
