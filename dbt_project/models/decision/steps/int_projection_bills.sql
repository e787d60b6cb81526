with

lines as (

    select * from {{ ref('int_projection_lines') }}

),

trends as (

    select * from {{ ref('int_projection_trends') }}

),

seat_trends as (

    select * from trends

    where meter = 'seats' and actor_type = 'all'

),

usage_responses as (

    select * from {{ ref('int_usage_responses') }}

),

steps as (

    select steps.* from ({{ tier_steps(ref('stg_tiers')) }}) as steps

),

plans as (

    select * from {{ ref('stg_plans') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

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

-- each month adds a 24th less of the trend than the one before; the first step leads from the
-- middle of the three months to their last
months_ahead as (

    select
        n as month_ahead,
        {{ ratio('48 * (1 + n) - n * (n + 1)', '48') }} as trend_months

    from counted

),

answering as (

    select distinct
        account_id,
        scenario_id,
        meter

    from usage_responses

),

moving as (

    select
        lines.*,
        trends.growth_ratio,
        seat_trends.growth_ratio as seat_growth_ratio,
        answering.meter is not null as is_answering,
        trends.growth_ratio is not null
        or seat_trends.growth_ratio is not null
        or answering.meter is not null as is_moving

    from lines

    left join trends
        on
            lines.account_id = trends.account_id
            and lines.trend_meter = trends.meter
            and lines.actor_type = trends.actor_type

    left join seat_trends
        on
            case when lines.is_included_per_seat then lines.account_id end
            = seat_trends.account_id

    left join answering
        on
            lines.account_id = answering.account_id
            and lines.scenario_id = answering.scenario_id
            and lines.trend_meter = answering.meter

),

-- an answer to a price is assumed of the proposals alone; a bill of which no line answers is the
-- same in every case, and rated once
answered as (

    select
        account_id,
        scenario_id,
        case
            when scenario_id = 'current' then 'none'
            when bool_or(is_answering) then 'answered'
            else 'every'
        end as answer

    from moving

    group by account_id, scenario_id

),

rated_cases as (

    select
        answered.account_id,
        answered.scenario_id,
        assumed.assumption_case,
        false as is_level

    from answered

    inner join
        (
            values
            ('none', 'none'),
            ('every', 'every'),
            ('answered', 'low'),
            ('answered', 'middle'),
            ('answered', 'high')
        ) as assumed (answer, assumption_case)
        on answered.answer = assumed.answer

    union distinct

    select
        account_id,
        scenario_id,
        assumption_case,
        true as is_level

    from usage_responses

    where is_level

),

-- levels are told of a year
rated_months as (

    select
        rated_cases.account_id,
        rated_cases.scenario_id,
        rated_cases.assumption_case,
        months_ahead.month_ahead,
        months_ahead.trend_months

    from rated_cases

    cross join months_ahead

    where
        not rated_cases.is_level
        or {{ is_usage_level_month('months_ahead.month_ahead') }}

),

factored as (

    select
        moving.account_id,
        moving.scenario_id,
        rated_months.assumption_case,
        rated_months.month_ahead,
        moving.bound_month,
        moving.behaviour,
        moving.timing,
        case when moving.pricing in ('graduated', 'volume') then moving.charge_id end as tiered_id,
        moving.valid_from,
        moving.pricing,
        moving.unit_price,
        moving.package_size,
        moving.line_minimum,
        moving.line_maximum,
        moving.slices,
        moving.leverage,
        moving.amount,
        moving.base_price,
        moving.growth_ratio is null
        and moving.seat_growth_ratio is null
        and usage_responses.usage_change_ratio is null as is_still,
        moving.quantity,
        moving.included,
        case
            when moving.seat_growth_ratio is not null
                then {{ trend_factor('moving.seat_growth_ratio', 'rated_months.trend_months') }}
        end as seat_factor,
        case
            when moving.growth_ratio is null then cast(1 as decimal(18, 6))
            else {{ trend_factor('moving.growth_ratio', 'rated_months.trend_months') }}
        end as trend_factor,
        cast(1 + usage_responses.usage_change_ratio as decimal(18, 6)) as answer_factor

    from moving

    inner join rated_months
        on
            moving.account_id = rated_months.account_id
            and moving.scenario_id = rated_months.scenario_id

    left join usage_responses
        on
            moving.account_id = usage_responses.account_id
            and moving.scenario_id = usage_responses.scenario_id
            and moving.trend_meter = usage_responses.meter
            and rated_months.assumption_case = usage_responses.assumption_case

    where moving.is_moving

),

-- each step is a column of its own: an expression inside another is worked out many times over
growing as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        bound_month,
        behaviour,
        timing,
        tiered_id,
        valid_from,
        pricing,
        unit_price,
        package_size,
        line_minimum,
        line_maximum,
        slices,
        leverage,
        amount,
        base_price,
        is_still,
        quantity,
        case
            when seat_factor is null then included
            else {{ rounded_product('included', 'seat_factor') }}
        end as included,
        case
            when answer_factor is null then trend_factor
            else cast({{ rounded_product('trend_factor', 'answer_factor') }} as decimal(18, 6))
        end as growth

    from factored

),

counted_anew as (

    select
        *,
        cast(
            greatest({{ rounded_product('quantity', 'growth') }} - included, 0) as decimal(20, 6)
        ) as billable

    from growing

    where behaviour = 'rated' and not is_still

),

priced_anew as (

    select
        counted_anew.*,
        {{ charge_price(
            'counted_anew.pricing',
            'counted_anew.billable',
            'counted_anew.unit_price',
            'counted_anew.package_size',
            'steps'
        ) }} as full_price

    from counted_anew

    left join steps
        on
            counted_anew.tiered_id = steps.charge_id
            and counted_anew.valid_from = steps.valid_from
            and {{ is_in_tier('counted_anew.billable', 'steps') }}

),

bounded_anew as (

    select
        *,
        {{ bounded_price('full_price', 'line_minimum', 'line_maximum') }} - base_price
            as price_change

    from priced_anew

),

sliced_anew as (

    select
        *,
        {{ exact_ratio('price_change', '1', 'slices') }} as slice_change

    from bounded_anew

),

-- what a line costs more than today is added to what it was billed, with its days and its cents
priced as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        bound_month,
        behaviour,
        timing,
        cast(amount + {{ rounded_amount('slice_change') }} as decimal(18, 4)) as amount

    from sliced_anew

    union all

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        bound_month,
        behaviour,
        timing,
        case
            when is_still then cast(amount as decimal(18, 4))
            when leverage is not null
                then
                    cast(
                        round(
                            amount
                            * greatest(
                                cast(1 + round((growth - 1) * leverage, 9) as decimal(20, 9)),
                                cast(0 as decimal(20, 9))
                            ),
                            4
                        ) as decimal(18, 4)
                    )
            when quantity * growth > included and unit_price is not null
                then
                    cast(
                        amount
                        + round(
                            cast(round(quantity * growth - included, 6) as decimal(20, 6))
                            * cast(unit_price as decimal(18, 9)),
                            4
                        ) as decimal(18, 4)
                    )
            else cast(amount as decimal(18, 4))
        end as amount

    from growing

    where behaviour <> 'rated' or is_still

),

-- lines that do not grow are the same in every month and case: they are summed before
still as (

    select
        account_id,
        scenario_id,
        bound_month,
        cast(
            sum(case when behaviour <> 'discount' and timing = 'advance' then amount else 0 end)
            as decimal(18, 4)
        ) as advance_gross,
        cast(
            sum(case when behaviour <> 'discount' then amount else 0 end) as decimal(18, 4)
        ) as gross

    from moving

    where not is_moving

    group by account_id, scenario_id, bound_month

),

parts as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        bound_month,
        case
            when behaviour <> 'discount' and timing = 'advance' then amount
            else cast(0 as decimal(18, 4))
        end as advance_gross,
        case when behaviour <> 'discount' then amount else cast(0 as decimal(18, 4)) end as gross

    from priced

    union all

    select
        still.account_id,
        still.scenario_id,
        rated_months.assumption_case,
        rated_months.month_ahead,
        still.bound_month,
        still.advance_gross,
        still.gross

    from still

    inner join rated_months
        on
            still.account_id = rated_months.account_id
            and still.scenario_id = rated_months.scenario_id

),

summed as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        bound_month,
        cast(sum(advance_gross) as decimal(18, 4)) as advance_gross,
        cast(sum(gross) as decimal(18, 4)) as gross

    from parts

    group by account_id, scenario_id, assumption_case, month_ahead, bound_month

),

-- discounts keep their share of the bill
bases as (

    select
        account_id,
        scenario_id,
        max(currency) as currency,
        max(months) as months,
        min(plan_id) as plan_id,
        count(distinct plan_id) as plan_count,
        case
            when sum(case when behaviour <> 'discount' then amount else 0 end) > 0
                then
                    {{ ratio(
                        "sum(case when behaviour = 'discount' then amount else 0 end)",
                        "sum(case when behaviour <> 'discount' then amount else 0 end)"
                    ) }}
            else cast(0 as decimal(18, 6))
        end as discount_ratio

    from lines

    group by account_id, scenario_id

),

planned as (

    select
        bases.account_id,
        bases.scenario_id,
        bases.months,
        bases.plan_id,
        bases.discount_ratio,
        month_rates.rate,
        case plans.billing_interval when 'year' then 12 when 'quarter' then 3 else 1 end
            as interval_months,
        case when bases.plan_count = 1 then plans.minimum_amount end as minimum_amount,
        case when bases.plan_count = 1 then plans.maximum_amount end as maximum_amount

    from bases

    cross join last_closed

    inner join month_rates
        on bases.currency = month_rates.currency and last_closed.month = month_rates.month

    left join plans
        on bases.plan_id = plans.plan_id

),

termed as (

    select
        planned.*,
        {{ equal_part('minimum_amount', 'interval_months') }} as minimum_due,
        {{ equal_part('maximum_amount', 'interval_months') }} as maximum_due

    from planned

),

discounted as (

    select
        summed.account_id,
        summed.scenario_id,
        summed.assumption_case,
        summed.month_ahead,
        termed.plan_id,
        termed.interval_months,
        termed.months,
        termed.rate,
        -- most bills have no discount
        case
            when termed.discount_ratio = 0 then summed.advance_gross
            else
                cast(
                    summed.advance_gross + round(summed.advance_gross * termed.discount_ratio, 4)
                    as decimal(18, 4)
                )
        end as advance_net,
        case
            when termed.discount_ratio = 0 then summed.gross
            else
                cast(
                    summed.gross + round(summed.gross * termed.discount_ratio, 4) as decimal(18, 4)
                )
        end as net,
        termed.minimum_due,
        termed.maximum_due

    from summed

    inner join termed
        on summed.account_id = termed.account_id and summed.scenario_id = termed.scenario_id

),

-- a plan's minimum and maximum are for each of the base months
held as (

    select
        *,
        case
            when minimum_due is not null or maximum_due is not null
                then {{ bounded_price('net', 'minimum_due', 'maximum_due') }}
        end as held_amount

    from discounted

),

netted as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        plan_id,
        interval_months,
        months,
        rate,
        cast(sum(advance_net) as decimal(18, 4)) as advance_sum,
        cast(
            sum(
                case
                    when held_amount is null then net else {{ rounded_amount('held_amount') }}
                end
            ) as decimal(18, 4)
        ) as amount_sum

    from held

    group by
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        plan_id,
        interval_months,
        months,
        rate

),

converted as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        plan_id,
        interval_months,
        months,
        {{ converted_money('least(advance_sum, amount_sum)', 'rate') }} as advance_reporting,
        {{ converted_money('amount_sum', 'rate') }} as amount_reporting

    from netted

),

told as (

    select
        cases.rated_case,
        cases.assumption_case

    from (
        values
        ('none', 'none'),
        ('every', 'low'),
        ('every', 'middle'),
        ('every', 'high'),
        ('low', 'low'),
        ('middle', 'middle'),
        ('high', 'high')
    ) as cases (rated_case, assumption_case)

    union all

    select
        levels.usage_level as rated_case,
        levels.usage_level as assumption_case

    from ({{ usage_levels() }}) as levels

),

final as (

    select
        converted.account_id,
        converted.scenario_id,
        told.assumption_case,
        cast(converted.month_ahead as integer) as month_ahead,
        converted.plan_id,
        cast(converted.interval_months as integer) as interval_months,
        {{ equal_part('converted.advance_reporting', 'converted.months') }} as advance_amount,
        {{ equal_part('converted.amount_reporting', 'converted.months') }} as amount

    from converted

    inner join told
        on converted.assumption_case = told.rated_case

)

select * from final
