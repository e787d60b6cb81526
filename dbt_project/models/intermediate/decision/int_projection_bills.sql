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

-- an answer to a price is assumed of the proposals alone
cases as (

    select
        scenarios.scenario_id,
        assumed.assumption_case

    from (select distinct scenario_id from lines) as scenarios

    inner join
        (
            values ('none'), ('low'), ('middle'), ('high')
        ) as assumed (assumption_case)
        on (scenarios.scenario_id = 'current') = (assumed.assumption_case = 'none')

),

-- lines that do not grow are the same in every month: they are summed once
grown as (

    select
        lines.account_id,
        lines.scenario_id,
        cases.assumption_case,
        months_ahead.month_ahead,
        lines.bound_month,
        lines.behaviour,
        lines.timing,
        case when lines.pricing in ('graduated', 'volume') then lines.charge_id end as tiered_id,
        lines.valid_from,
        lines.pricing,
        lines.unit_price,
        lines.package_size,
        lines.line_minimum,
        lines.line_maximum,
        lines.slices,
        lines.leverage,
        lines.amount,
        lines.base_price,
        trends.growth_ratio is null
        and usage_responses.usage_change_ratio is null
        and seat_trends.growth_ratio is null as is_still,
        lines.quantity,
        case
            when seat_trends.growth_ratio is null then lines.included
            else
                cast(
                    round(
                        lines.included * {{ trend_factor(
                            'seat_trends.growth_ratio', 'months_ahead.trend_months'
                        ) }},
                        6
                    ) as decimal(28, 6)
                )
        end as included,
        cast(
            round(
                case
                    when trends.growth_ratio is null then cast(1 as decimal(18, 6))
                    else {{ trend_factor('trends.growth_ratio', 'months_ahead.trend_months') }}
                end
                * cast(1 + coalesce(usage_responses.usage_change_ratio, 0) as decimal(18, 6)),
                6
            ) as decimal(18, 6)
        ) as growth

    from lines

    inner join cases
        on lines.scenario_id = cases.scenario_id

    cross join months_ahead

    left join trends
        on
            lines.account_id = trends.account_id
            and lines.trend_meter = trends.meter
            and lines.actor_type = trends.actor_type

    left join seat_trends
        on
            case when lines.is_included_per_seat then lines.account_id end
            = seat_trends.account_id

    left join usage_responses
        on
            lines.account_id = usage_responses.account_id
            and lines.scenario_id = usage_responses.scenario_id
            and lines.trend_meter = usage_responses.meter
            and cases.assumption_case = usage_responses.assumption_case

),

-- each step is a column of its own: an expression inside another is worked out many times over
counted_anew as (

    select
        *,
        cast(greatest(round(quantity * growth, 6) - included, 0) as decimal(20, 6)) as billable

    from grown

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
        cast(
            amount + round({{ exact_ratio('price_change', '1', 'slices') }}, 4) as decimal(18, 4)
        ) as amount

    from bounded_anew

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

    from grown

    where behaviour <> 'rated' or is_still

),

summed as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        bound_month,
        sum(case when behaviour <> 'discount' and timing = 'advance' then amount else 0 end)
            as advance_gross,
        sum(case when behaviour <> 'discount' then amount else 0 end) as gross

    from priced

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
        round({{ exact_ratio('minimum_amount', '1', 'interval_months') }}, 4) as minimum_due,
        round({{ exact_ratio('maximum_amount', '1', 'interval_months') }}, 4) as maximum_due

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
        summed.advance_gross + round(summed.advance_gross * termed.discount_ratio, 4)
            as advance_net,
        summed.gross + round(summed.gross * termed.discount_ratio, 4) as net,
        termed.minimum_due,
        termed.maximum_due

    from summed

    inner join termed
        on summed.account_id = termed.account_id and summed.scenario_id = termed.scenario_id

),

-- a plan's minimum and maximum are for each of the base months
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
            sum({{ bounded_price('net', 'minimum_due', 'maximum_due') }}) as decimal(18, 4)
        ) as amount_sum

    from discounted

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

final as (

    select
        account_id,
        scenario_id,
        assumption_case,
        cast(month_ahead as integer) as month_ahead,
        plan_id,
        cast(interval_months as integer) as interval_months,
        cast(
            round({{ exact_ratio('advance_reporting', '1', 'months') }}, 4) as decimal(18, 4)
        ) as advance_amount,
        cast(round({{ exact_ratio('amount_reporting', '1', 'months') }}, 4) as decimal(18, 4))
            as amount

    from converted

)

select * from final
