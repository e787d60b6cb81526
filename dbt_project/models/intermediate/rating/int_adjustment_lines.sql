with

unit_lines as (

    select * from {{ ref('int_unit_lines') }}

),

discounts as (

    select * from {{ ref('int_unit_discounts') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

totals as (

    select
        unit_lines.unit_id,
        -- wider sums would take scale from what they are later held against
        cast(sum(unit_lines.amount) as decimal(18, 4)) as amount,
        sum(
            {{ exact_product(
                'unit_lines.amount',
                'least(unit_lines.contract_discount_ratio + coalesce(discounts.ratio, 0), 1)'
            ) }}
        ) as discounted

    from unit_lines

    left join discounts
        on unit_lines.unit_id = discounts.unit_id

    group by unit_lines.unit_id

),

-- every unit of a plan with a minimum is there, even one without a line
based as (

    select
        units.unit_id,
        units.service_start,
        units.service_end,
        units.minimum_amount,
        units.maximum_amount,
        coalesce(currencies.minor_units, 2) as minor_units,
        coalesce(totals.amount, 0) as amount,
        coalesce(totals.discounted, 0) as discounted,
        coalesce(discounts.amount, 0) as discount_amount,
        discounts.source as discount_source,
        case
            when units.proration = 'none' then 1
            else {{ days_between('units.service_start', 'units.service_end') }}
        end as numerator,
        case
            when units.proration = 'none' then 1
            else {{ days_between('units.period_start', 'units.period_end') }}
        end as denominator

    from units

    left join totals
        on units.unit_id = totals.unit_id

    left join discounts
        on units.unit_id = discounts.unit_id

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

lines as (

    select
        unit_id,
        'discount' as line_key,
        'Discount' as line_name,
        'discount' as line_kind,
        service_start,
        service_end,
        ratio_exact as exact_amount,
        ratio_amount as amount,
        concat('Discount (', coalesce(discount_source, 'contract price'), ').') as explanation

    from capped
    where ratio_amount <> 0

    union all

    select
        unit_id,
        'discount amount' as line_key,
        'Discount' as line_name,
        'discount' as line_kind,
        service_start,
        service_end,
        amount_exact as exact_amount,
        amount_amount as amount,
        concat('Discount of a fixed amount (', discount_source, ').') as explanation

    from capped
    where amount_amount <> 0

    union all

    select
        unit_id,
        'minimum' as line_key,
        'Minimum' as line_name,
        'minimum' as line_kind,
        service_start,
        service_end,
        minimum_exact as exact_amount,
        minimum_top_up as amount,
        concat(
            'Top-up to the plan''s minimum of ',
            {{ price_text('minimum_amount', 'minor_units') }},
            '.'
        ) as explanation

    from capped
    where minimum_top_up <> 0

    union all

    select
        unit_id,
        'cap' as line_key,
        'Cap' as line_name,
        'cap' as line_kind,
        service_start,
        service_end,
        cap_exact as exact_amount,
        cap_amount as amount,
        concat(
            'Taken off above the plan''s cap of ',
            {{ price_text('maximum_amount', 'minor_units') }},
            '.'
        ) as explanation

    from capped
    where cap_amount <> 0

),

typed as (

    select
        unit_id,
        line_key,
        line_name,
        line_kind,
        service_start,
        service_end,
        cast(exact_amount as decimal(38, 12)) as exact_amount,
        amount,
        explanation

    from lines

)

select * from typed
