with

projected as (

    select * from {{ ref('int_projection_accounts') }}
    where assumption_case = 'middle' and month_ahead between 1 and 12

),

projections as (

    select * from {{ ref('fct_projections') }}
    where assumption_case = 'middle' and month_ahead = 12

),

standing_still as (

    select * from {{ ref('fct_standing_still') }}
    where horizon_months = 12

),

segments as (

    select * from {{ ref('int_segments') }}

),

-- the price of a move, before and after those who are assumed to leave over it
summed as (

    select
        segments.segment,
        projected.scenario_id,
        sum(projected.current_amount) as staying_revenue,
        sum(projected.amount - projected.current_amount) as price_change,
        sum(projected.revenue - projected.amount) as churn_change

    from projected

    inner join segments
        on segments.segment in ('all', projected.segment)

    group by segments.segment, projected.scenario_id

),

joined as (

    select
        projections.segment,
        projections.scenario_id,
        coalesce(projections.reason, standing_still.reason) as reason,
        standing_still.last_revenue,
        standing_still.difference,
        summed.staying_revenue - standing_still.next_revenue as not_compared,
        summed.price_change,
        summed.churn_change,
        projections.revenue_to_date

    from projections

    inner join standing_still
        on projections.segment = standing_still.segment

    left join summed
        on
            projections.segment = summed.segment
            and projections.scenario_id = summed.scenario_id

    where projections.scenario_id <> 'current'

),

steps as (

    select
        steps.step,
        cast(steps.place as integer) as place,
        steps.is_level

    from (
        values
        ('last_12', 1, true),
        ('standing_still', 2, false),
        ('not_compared', 3, false),
        ('new_prices', 4, false),
        ('churn', 5, false),
        ('next_12', 6, true)
    ) as steps (step, place, is_level)

),

final as (

    select
        joined.segment,
        joined.scenario_id,
        steps.step,
        steps.place,
        steps.is_level,
        case
            when joined.reason is null
                then
                    cast(
                        case steps.step
                            when 'last_12' then joined.last_revenue
                            when 'standing_still' then joined.difference
                            when 'not_compared' then joined.not_compared
                            when 'new_prices' then joined.price_change
                            when 'churn' then joined.churn_change
                            else joined.revenue_to_date
                        end as decimal(38, 4)
                    )
        end as amount,
        joined.reason

    from joined

    cross join steps

)

select * from final
