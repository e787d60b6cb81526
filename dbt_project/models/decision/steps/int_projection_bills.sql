with

lines as (

    select * from {{ ref('int_projection_lines') }}

),

bill_trends as (

    select * from {{ ref('int_bill_trends') }}

),

seat_trends as (

    select * from {{ ref('int_projection_trends') }}

),

forecast_steps as (

    select * from {{ ref('int_forecast_steps') }}

),

forecasts as (

    select * from {{ ref('int_forecast_intervals') }}
    where horizon_months = 12

),

accounts as (

    select * from {{ ref('int_accounts') }}

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

    select
        max(month) as month,
        max(month_index) as month_index

    from calendar_months

    where not is_provisional

),

counted as (

    select numbers.n from ({{ numbers_below(25) }}) as numbers

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
        answering.meter is not null as is_answering

    from lines

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

factored as (

    select
        moving.account_id,
        moving.scenario_id,
        rated_cases.assumption_case,
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
        moving.quantity,
        moving.included,
        usage_responses.usage_change_ratio is null as is_still,
        cast(1 + coalesce(usage_responses.usage_change_ratio, 0) as decimal(18, 6)) as growth

    from moving

    inner join rated_cases
        on
            moving.account_id = rated_cases.account_id
            and moving.scenario_id = rated_cases.scenario_id

    left join usage_responses
        on
            moving.account_id = usage_responses.account_id
            and moving.scenario_id = usage_responses.scenario_id
            and moving.trend_meter = usage_responses.meter
            and rated_cases.assumption_case = usage_responses.assumption_case

    where moving.is_answering

),

-- each step is a column of its own: an expression inside another is worked out many times over
counted_anew as (

    select
        *,
        cast(
            greatest({{ rounded_product('quantity', 'growth') }} - included, 0) as decimal(20, 6)
        ) as billable

    from factored

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

    from factored

    where behaviour <> 'rated' or is_still

),

-- lines that no answer changes are the same in every case: they are summed before
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

    where not is_answering

    group by account_id, scenario_id, bound_month

),

parts as (

    select
        account_id,
        scenario_id,
        assumption_case,
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
        rated_cases.assumption_case,
        still.bound_month,
        still.advance_gross,
        still.gross

    from still

    inner join rated_cases
        on
            still.account_id = rated_cases.account_id
            and still.scenario_id = rated_cases.scenario_id

),

summed as (

    select
        account_id,
        scenario_id,
        assumption_case,
        bound_month,
        cast(sum(advance_gross) as decimal(18, 4)) as advance_gross,
        cast(sum(gross) as decimal(18, 4)) as gross

    from parts

    group by account_id, scenario_id, assumption_case, bound_month

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
        plan_id,
        interval_months,
        months,
        rate,
        minimum_due,
        maximum_due,
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
        plan_id,
        interval_months,
        months,
        rate,
        minimum_due,
        maximum_due

),

converted as (

    select
        account_id,
        scenario_id,
        assumption_case,
        plan_id,
        interval_months,
        months,
        {{ converted_money('least(advance_sum, amount_sum)', 'rate') }} as advance_reporting,
        {{ converted_money('amount_sum', 'rate') }} as amount_reporting,
        case
            when minimum_due is not null
                then {{ converted_money(rounded_amount('minimum_due'), 'rate') }}
        end as minimum_due,
        case
            when maximum_due is not null
                then {{ converted_money(rounded_amount('maximum_due'), 'rate') }}
        end as maximum_due

    from netted

),

named as (

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

-- what a month of the last three brings in each case
based as (

    select
        converted.account_id,
        converted.scenario_id,
        named.assumption_case,
        converted.plan_id,
        converted.interval_months,
        {{ equal_part('converted.advance_reporting', 'converted.months') }} as advance_amount,
        {{ equal_part('converted.amount_reporting', 'converted.months') }} as amount,
        converted.minimum_due,
        converted.maximum_due

    from converted

    inner join named
        on converted.assumption_case = named.rated_case

),

-- the trends that begin at the last closed month, as those of earlier months were graded
latest as (

    select bill_trends.*
    from bill_trends

    inner join last_closed
        on bill_trends.origin_index = last_closed.month_index

),

segment_trends as (

    select
        segment,
        scenario_id,
        {{ bill_growth('sum(recent)', 'sum(earlier)') }} as growth_ratio

    from latest

    where growth_ratio is not null

    group by segment, scenario_id

),

-- without enough months to choose by, each account follows its own trend
growths as (

    select
        bases.account_id,
        bases.scenario_id,
        accounts.segment,
        coalesce(forecasts.model, 'damped') as model,
        case coalesce(forecasts.model, 'damped')
            when 'repeat' then cast(0 as decimal(18, 6))
            when 'damped' then coalesce(latest.growth_ratio, cast(0 as decimal(18, 6)))
            else
                {{ half_and_half(
                    'latest.growth_ratio', 'coalesce(segment_trends.growth_ratio, 0)'
                ) }}
        end as growth_ratio,
        case
            when coalesce(forecasts.model, 'damped') = 'repeat' then cast(0 as decimal(18, 6))
            else coalesce(seat_trends.growth_ratio, cast(0 as decimal(18, 6)))
        end as seat_growth_ratio

    from bases

    inner join accounts
        on bases.account_id = accounts.account_id

    cross join last_closed

    left join forecasts
        on
            accounts.segment = forecasts.segment
            and bases.scenario_id = forecasts.scenario_id
            and last_closed.month_index = forecasts.origin_index

    left join latest
        on bases.account_id = latest.account_id and bases.scenario_id = latest.scenario_id

    left join segment_trends
        on
            accounts.segment = segment_trends.segment
            and bases.scenario_id = segment_trends.scenario_id

    left join seat_trends
        on bases.account_id = seat_trends.account_id

),

months_ahead as (

    select
        growths.account_id,
        growths.scenario_id,
        counted.n as month_ahead,
        {{ trend_factor('growths.growth_ratio', forecast_steps_of('growths.model')) }} as factor,
        {{ trend_factor('growths.seat_growth_ratio', forecast_steps_of('growths.model')) }}
            as seat_factor

    from growths

    cross join counted

    cross join last_closed

    inner join forecast_steps
        on
            growths.segment = forecast_steps.segment
            and last_closed.month_index = forecast_steps.origin_index
            and counted.n = forecast_steps.month_ahead

),

-- levels of usage are for a year; where all of a bill is due in advance, all of it stays so
grown as (

    select
        based.account_id,
        based.scenario_id,
        based.assumption_case,
        months_ahead.month_ahead,
        based.plan_id,
        based.interval_months,
        based.advance_amount = based.amount as is_advance,
        {{ grown_amount('based.advance_amount', 'months_ahead.seat_factor') }} as advance_amount,
        {{ grown_amount('based.amount', 'months_ahead.factor') }} as amount,
        based.minimum_due,
        based.maximum_due

    from based

    inner join months_ahead
        on
            based.account_id = months_ahead.account_id
            and based.scenario_id = months_ahead.scenario_id

    where
        based.assumption_case in ('none', 'low', 'middle', 'high')
        or {{ is_usage_level_month('months_ahead.month_ahead') }}

),

-- a plan's minimum and maximum hold in every month ahead
bounded as (

    select
        *,
        least(
            greatest(amount, coalesce(minimum_due, amount)),
            coalesce(maximum_due, greatest(amount, coalesce(minimum_due, amount)))
        ) as bounded_amount

    from grown

),

final as (

    select
        account_id,
        scenario_id,
        assumption_case,
        cast(month_ahead as integer) as month_ahead,
        plan_id,
        cast(interval_months as integer) as interval_months,
        case when is_advance then bounded_amount else least(advance_amount, bounded_amount) end
            as advance_amount,
        bounded_amount as amount

    from bounded

)

select * from final
