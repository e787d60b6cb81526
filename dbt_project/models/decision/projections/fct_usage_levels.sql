with

projected as (

    select * from {{ ref('int_projection_accounts') }}
    where
        assumption_case = 'middle'
        and scenario_id <> 'current'
        and {{ is_usage_level_month('month_ahead') }}

),

bills as (

    select * from {{ ref('int_projection_bills') }}

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

levels as (

    select
        levels.usage_level,
        cast(levels.usage_change_ratio as decimal(18, 6)) as usage_change_ratio

    from ({{ usage_levels() }}) as levels

),

-- both files are needed in their middle case, as for the plan itself
reasons as (

    select
        case
            when middle_churn.bands = 0 then 'no_churn_assumptions'
            when middle_usage.bands = 0 then 'no_usage_response'
        end as reason

    from (
        select count(*) as bands from churn_assumptions
        where assumption_case = 'middle'
    ) as middle_churn

    cross join (
        select count(*) as bands from usage_response
        where assumption_case = 'middle'
    ) as middle_usage

),

-- who answers pays another bill, and who chooses moves by it
answered as (

    select
        projected.account_id,
        projected.segment,
        projected.scenario_id,
        projected.month_ahead,
        bills.assumption_case as usage_level,
        projected.uptake,
        projected.band_churn_ratio,
        projected.max_increase_ratio,
        projected.current_amount,
        projected.revenue as planned_revenue,
        bills.amount as level_amount,
        projected.can_move
        and projected.month_ahead >= projected.moves_ahead
        and (projected.uptake <> 'opt_in' or bills.amount < projected.current_amount) as is_moved,
        coalesce(
            projected.max_increase_ratio is not null
            and (
                projected.max_increase_periods is null
                or projected.month_ahead < projected.moves_ahead + projected.max_increase_periods
            ),
            false
        ) as is_held

    from projected

    inner join bills
        on
            projected.account_id = bills.account_id
            and projected.scenario_id = bills.scenario_id
            and projected.month_ahead = bills.month_ahead

    inner join levels
        on bills.assumption_case = levels.usage_level

),

billed as (

    select
        account_id,
        segment,
        scenario_id,
        usage_level,
        planned_revenue,
        cast(
            case
                when is_moved and is_held
                    then
                        {{ capped_rise('level_amount', 'current_amount', 'max_increase_ratio') }}
                when is_moved then level_amount
                else current_amount
            end as decimal(18, 4)
        ) as amount,
        cast(
            1 - case when is_moved and uptake = 'all' then band_churn_ratio else 0 end
            as decimal(20, 6)
        ) as staying

    from answered

),

stayed as (

    select
        account_id,
        segment,
        scenario_id,
        usage_level,
        {{ stayed_amount('amount', 'staying') }} - planned_revenue as effect

    from billed

),

effects as (

    select
        segments.segment,
        stayed.scenario_id,
        stayed.usage_level,
        count(distinct stayed.account_id) as answering_accounts,
        sum(stayed.effect) as effect

    from stayed

    inner join segments
        on segments.segment in ('all', stayed.segment)

    group by segments.segment, stayed.scenario_id, stayed.usage_level

),

planned as (

    select
        segments.segment,
        projected.scenario_id,
        sum(projected.revenue) as planned_revenue

    from projected

    inner join segments
        on segments.segment in ('all', projected.segment)

    group by segments.segment, projected.scenario_id

    having max(case when projected.is_covered then 1 else 0 end) = 1

),

compared as (

    select
        planned.segment,
        planned.scenario_id,
        levels.usage_level,
        levels.usage_change_ratio,
        reasons.reason,
        coalesce(effects.answering_accounts, 0) as answering_accounts,
        planned.planned_revenue,
        coalesce(effects.effect, 0) as effect

    from planned

    cross join levels

    cross join reasons

    left join effects
        on
            planned.segment = effects.segment
            and planned.scenario_id = effects.scenario_id
            and levels.usage_level = effects.usage_level

),

final as (

    select
        segment,
        scenario_id,
        usage_level,
        usage_change_ratio,
        cast(answering_accounts as bigint) as answering_accounts,
        cast(case when reason is null then planned_revenue end as decimal(38, 4))
            as planned_revenue,
        cast(case when reason is null then planned_revenue + effect end as decimal(38, 4))
            as revenue,
        cast(case when reason is null then effect end as decimal(38, 4)) as effect,
        case
            when reason is null and planned_revenue > 0
                then {{ ratio('effect', 'planned_revenue') }}
        end as effect_ratio,
        reason

    from compared

)

select * from final
