with

quantities as (

    select * from {{ ref('int_line_quantities') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

tier_amounts as (

    select * from {{ ref('int_tier_amounts') }}

),

-- what the quantity costs for a whole period, less what the quantity before the change cost
priced as (

    select
        quantities.unit_id,
        quantities.point_key,
        quantities.charge_id,
        quantities.line_kind,
        quantities.event_id,
        quantities.service_start,
        quantities.service_end,
        quantities.quantity,
        quantities.included,
        quantities.billable,
        quantities.billable_before,
        quantities.numerator,
        quantities.denominator,
        quantities.bound_numerator,
        quantities.bound_denominator,
        charges.charge_name,
        charges.meter,
        charges.pricing,
        charges.outcomes_only,
        charges.package_size,
        -- what a line counts, for its sentence
        case
            when charges.divide_by is null and charges.quantity_rounding is null
                then charges.meter
            else
                concat(
                    case
                        when charges.divide_by is null then ''
                        else
                            concat('units of ', {{ number_text('charges.divide_by') }}, ' ')
                    end,
                    charges.meter,
                    case charges.quantity_rounding
                        when 'up' then ', rounded up'
                        when 'down' then ', rounded down'
                        when 'nearest' then ', rounded to the nearest'
                        else ''
                    end
                )
        end as unit_name,
        charges.line_minimum,
        charges.line_maximum,
        charges.contract_discount_ratio,
        charges.price_version,
        coalesce(currencies.minor_units, 2) as minor_units,
        case
            when charges.pricing in ('graduated', 'volume') then tiers_after.unit_price
            else charges.unit_amount
        end as unit_price,
        tiers_after.tier,
        tiers_after.tier_quantity,
        -- the flat amounts of tiers that the change enters first
        greatest(
            coalesce(
                tiers_after.whole_flats
                - coalesce(tiers_most.whole_flats, tiers_before.whole_flats),
                0
            ),
            0
        ) as entered_amount,
        case charges.pricing
            -- a flat price knows no change of quantity
            when 'flat'
                then
                    case
                        when quantities.billable_before is null
                            then cast(charges.unit_amount as decimal(38, 12))
                        else cast(0 as decimal(38, 12))
                    end
            when 'percentage'
                then {{ exact_percentage(
                    'quantities.billable - coalesce(quantities.billable_before, 0)',
                    'charges.unit_amount'
                ) }}
            when 'per_unit'
                then {{ exact_product(
                    'quantities.billable - coalesce(quantities.billable_before, 0)',
                    'charges.unit_amount'
                ) }}
            when 'package'
                then {{ exact_product(
                    whole_packages('quantities.billable', 'charges.package_size')
                    ~ ' - coalesce('
                    ~ whole_packages('quantities.billable_before', 'charges.package_size')
                    ~ ', 0)',
                    'charges.unit_amount'
                ) }}
            else tiers_after.amount - coalesce(tiers_before.amount, 0)
        end as period_amount

    from quantities

    inner join charges
        on
            quantities.unit_id = charges.unit_id
            and quantities.charge_id = charges.charge_id
            and quantities.window_start = charges.window_start

    left join currencies
        on charges.currency = currencies.currency

    left join tier_amounts as tiers_after
        on
            quantities.unit_id = tiers_after.unit_id
            and quantities.point_key = tiers_after.point_key
            and tiers_after.side = 'after'

    left join tier_amounts as tiers_before
        on
            quantities.unit_id = tiers_before.unit_id
            and quantities.point_key = tiers_before.point_key
            and tiers_before.side = 'before'

    left join tier_amounts as tiers_most
        on
            quantities.unit_id = tiers_most.unit_id
            and quantities.point_key = tiers_most.point_key
            and tiers_most.side = 'most'

),

-- a change costs units for the time left, and a tier that it enters as long as the price stands
shared as (

    select
        priced.*,
        case
            when entered_amount = 0
                then {{ exact_ratio('period_amount', 'numerator', 'denominator') }}
            else {{ exact_ratio_of_two(
                'period_amount', 'numerator', 'entered_amount', 'bound_numerator', 'denominator'
            ) }}
        end as due_amount

    from priced

),

-- a charge's own minimum and maximum hold for what it bills, not for a change of seats, and follow
-- the days that are charged
bounds as (

    select
        shared.*,
        case
            when line_kind <> 'proration'
                then {{ exact_ratio('line_minimum', 'bound_numerator', 'bound_denominator') }}
        end as minimum_due,
        case
            when line_kind <> 'proration'
                then {{ exact_ratio('line_maximum', 'bound_numerator', 'bound_denominator') }}
        end as maximum_due

    from shared

),

bounded as (

    select
        bounds.*,
        least(
            greatest(due_amount, coalesce(minimum_due, due_amount)),
            coalesce(maximum_due, greatest(due_amount, coalesce(minimum_due, due_amount)))
        ) as exact_amount

    from bounds

),

rounded as (

    select
        unit_id,
        point_key as line_key,
        charge_id,
        charge_name,
        line_kind,
        meter,
        unit_name,
        pricing,
        outcomes_only,
        event_id,
        service_start,
        service_end,
        quantity,
        included,
        -- a change bills what it adds or takes away
        cast(billable - coalesce(billable_before, 0) as decimal(28, 6)) as billable,
        numerator,
        denominator,
        unit_price,
        package_size,
        tier,
        price_version,
        contract_discount_ratio,
        exact_amount,
        {{ round_money('exact_amount', 'minor_units') }} as amount,
        minor_units,
        -- what else the amount follows from, for the line's sentence
        case
            when exact_amount > due_amount then ', raised to the charge''s minimum'
            when exact_amount < due_amount then ', lowered to the charge''s maximum'
            when entered_amount > 0
                then
                    concat(
                        ', and ',
                        {{ price_text('entered_amount', 'minor_units') }},
                        {{ share_text('bound_numerator', 'bound_denominator') }},
                        ' for entering tier ',
                        cast(tier as varchar)
                    )
            when tier_quantity <> billable - coalesce(billable_before, 0)
                then
                    concat(
                        ', the tier of ', {{ counted_text('tier_quantity', 'billed seat') }}
                    )
        end as note

    from bounded

),

-- no seats make no line, unless having none costs something too
kept as (

    select * from rounded
    where line_kind <> 'seat' or quantity <> 0 or exact_amount <> 0

)

select * from kept
