with

trends as (

    select * from {{ ref('int_bill_trends') }}

),

steps as (

    select * from {{ ref('int_forecast_steps') }}

),

weighed as (

    select
        *,
        cast(
            round(cast(recent as decimal(20, 4)) * cast(growth_ratio as decimal(10, 6)), 4)
            as decimal(18, 4)
        ) as growth

    from trends

),

-- accounts that are still billed at the horizon: churn is in no projection
summed as (

    select
        segment,
        scenario_id,
        origin_index,
        {% for ahead in [1, 3, 6, 12] %}
        sum(case when billed_{{ ahead }} is not null then recent end) as recent_{{ ahead }},
        sum(case when billed_{{ ahead }} is not null and growth_ratio is not null then recent end)
            as trended_{{ ahead }},
        sum(case when billed_{{ ahead }} is not null then growth end) as growth_{{ ahead }},
        sum(billed_{{ ahead }}) as billed_{{ ahead }},
        {% endfor %}
        sum(case when growth_ratio is not null then recent end) as recent,
        sum(case when growth_ratio is not null then earlier end) as earlier

    from weighed

    group by segment, scenario_id, origin_index

),

horizons as (

    {% for ahead in [1, 3, 6, 12] %}
    select
        segment,
        scenario_id,
        origin_index,
        cast({{ ahead }} as integer) as horizon_months,
        {{ bill_growth('recent', 'earlier') }} as segment_growth,
        cast(recent_{{ ahead }} as decimal(20, 4)) as recent,
        cast(coalesce(trended_{{ ahead }}, 0) as decimal(20, 4)) as trended,
        cast(coalesce(growth_{{ ahead }}, 0) as decimal(20, 4)) as growth,
        cast(billed_{{ ahead }} as decimal(20, 4)) as realised

    from summed

    where billed_{{ ahead }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- half of an account's growth is its own, half its segment's; without a trend of its own, all of it
pooled as (

    select
        *,
        cast(
            round(
                growth * cast(0.5 as decimal(2, 1))
                + cast(recent - trended * cast(0.5 as decimal(2, 1)) as decimal(22, 5))
                * cast(coalesce(segment_growth, 0) as decimal(10, 6)),
                4
            ) as decimal(20, 4)
        ) as pooled_growth

    from horizons

    where origin_index >= 6

),

-- the sum of the months ahead: as many times the mean of the last three months, and its growth by
-- as many steps as lie between
projected as (

    select
        pooled.*,
        cast(steps.damped_steps_to_date as decimal(12, 6)) as damped_steps_to_date,
        cast(steps.logistic_steps_to_date as decimal(12, 6)) as logistic_steps_to_date

    from pooled

    inner join steps
        on
            pooled.segment = steps.segment
            and pooled.origin_index = steps.origin_index
            and pooled.horizon_months = steps.month_ahead

),

candidates as (

    {% for model, growth, reached in [
        ('repeat', '0', 'damped_steps_to_date'),
        ('damped', 'growth', 'damped_steps_to_date'),
        ('pooled', 'pooled_growth', 'damped_steps_to_date'),
        ('logistic', 'pooled_growth', 'logistic_steps_to_date'),
    ] %}
    select
        segment,
        scenario_id,
        origin_index,
        horizon_months,
        '{{ model }}' as model,
        horizon_months * recent + {{ growth }} * {{ reached }} as thrice,
        realised

    from projected
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        segment,
        scenario_id,
        origin_index,
        horizon_months,
        model,
        {{ rounded_amount(exact_ratio('thrice', '1', '3')) }} as projected,
        cast(realised as decimal(18, 4)) as realised

    from candidates

)

select * from final
