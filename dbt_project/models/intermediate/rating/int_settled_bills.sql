with

totals as (

    select * from {{ ref('int_bill_totals') }}

),

discounts as (

    select * from {{ ref('int_unit_discounts') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

-- what a unit is measured by is kept with it; what its bill is held to is a price
plans as (

    select * from {{ ref('stg_plans') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

based as (

    select
        totals.unit_id,
        totals.step_number,
        totals.reopened_key,
        units.service_start,
        units.service_end,
        plans.minimum_amount,
        plans.maximum_amount,
        coalesce(currencies.minor_units, 2) as minor_units,
        totals.amount,
        totals.discounted,
        coalesce(discounts.amount, 0) as discount_amount,
        discounts.source as discount_source,
        case
            when units.proration = 'none' then 1
            when units.proration = 'by_second'
                then {{ seconds_between('units.service_start_at', 'units.service_end_at') }}
            else {{ prorated_days(
                'units.proration', 'units.service_start', 'units.service_end'
            ) }}
        end as numerator,
        case
            when units.proration = 'none' then 1
            when units.proration = 'by_second'
                then {{ seconds_between('units.period_start_at', 'units.period_end_at') }}
            else {{ prorated_days(
                'units.proration', 'units.period_start', 'units.period_end'
            ) }}
        end as denominator

    from totals

    inner join units
        on totals.unit_id = units.unit_id

    inner join plans
        on units.plan_id = plans.plan_id

    left join discounts
        on totals.unit_id = discounts.unit_id

    left join currencies
        on units.currency = currencies.currency

),

-- per cent first, then amounts, which never take a bill below zero
ratio_discounted as (

    select
        based.*,
        -discounted as ratio_exact,
        {{ round_money('-discounted', 'minor_units') }} as ratio_amount

    from based

),

amount_discounted as (

    select
        ratio_discounted.*,
        -least(discount_amount, greatest(amount + ratio_amount, 0)) as amount_exact,
        {{ round_money(
            '-least(discount_amount, greatest(amount + ratio_amount, 0))', 'minor_units'
        ) }} as amount_amount

    from ratio_discounted

),

bounds as (

    select
        amount_discounted.*,
        cast(amount + ratio_amount + amount_amount as decimal(18, 4)) as net,
        {{ exact_ratio('minimum_amount', 'numerator', 'denominator') }} as minimum_due,
        {{ exact_ratio('maximum_amount', 'numerator', 'denominator') }} as maximum_due

    from amount_discounted

),

topped_up as (

    select
        bounds.*,
        greatest(minimum_due - net, 0) as minimum_exact,
        {{ round_money('greatest(minimum_due - net, 0)', 'minor_units') }} as minimum_top_up

    from bounds

),

capped as (

    select
        topped_up.*,
        least(maximum_due - net - coalesce(minimum_top_up, 0), 0) as cap_exact,
        {{ round_money(
            'least(maximum_due - net - coalesce(minimum_top_up, 0), 0)', 'minor_units'
        ) }} as cap_amount

    from topped_up

),

settled as (

    select
        unit_id,
        step_number,
        reopened_key,
        service_start,
        service_end,
        minor_units,
        discount_source,
        minimum_amount,
        maximum_amount,
        cast(ratio_exact as decimal(38, 12)) as ratio_exact,
        ratio_amount,
        cast(amount_exact as decimal(38, 12)) as amount_exact,
        amount_amount,
        cast(minimum_exact as decimal(38, 12)) as minimum_exact,
        minimum_top_up,
        cast(cap_exact as decimal(38, 12)) as cap_exact,
        cap_amount,
        cast(net + coalesce(minimum_top_up, 0) + coalesce(cap_amount, 0) as decimal(18, 4))
            as bill_amount

    from capped

)

select * from settled
