with

seat_months as (

    select * from {{ ref('int_seat_months') }}

),

charges as (

    select * from {{ ref('stg_charges') }}
    where meter = 'seats'

),

contract_prices as (

    select * from {{ ref('stg_contract_prices') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

-- the list price of a seat; a plan with several (by role) or with tiers has no one price
listed as (

    select
        seat_months.account_id,
        seat_months.month,
        seat_months.terms_on,
        charges.plan_id,
        min(charges.charge_id) as charge_id,
        min(charges.unit_amount) as unit_amount

    from seat_months

    inner join charges
        on
            seat_months.plan_id = charges.plan_id
            and charges.valid_from <= seat_months.terms_on
            and (charges.valid_to is null or charges.valid_to > seat_months.terms_on)

    group by seat_months.account_id, seat_months.month, seat_months.terms_on, charges.plan_id

    having count(*) = 1 and min(charges.pricing) = 'per_unit'

),

-- the account's negotiated price overrides the list price
negotiated as (

    select
        listed.account_id,
        listed.month,
        listed.plan_id,
        cast(
            coalesce(contract_prices.unit_amount, listed.unit_amount) as decimal(18, 9)
        ) as unit_amount,
        coalesce(contract_prices.discount_ratio, 0) as discount_ratio

    from listed

    left join contract_prices
        on
            listed.account_id = contract_prices.account_id
            and listed.charge_id = contract_prices.charge_id
            and contract_prices.valid_from <= listed.terms_on
            and (contract_prices.valid_to is null or contract_prices.valid_to > listed.terms_on)

),

-- prices are per interval of the plan
described as (

    select
        negotiated.account_id,
        negotiated.month,
        plans.currency,
        {{ exact_ratio(
            'negotiated.unit_amount',
            'cast((1 - cast(negotiated.discount_ratio as decimal(28, 9))) * 1000000000 as hugeint)',
            "(cast(1000000000 as hugeint) * case plans.billing_interval"
            ~ " when 'year' then 12 when 'quarter' then 3 else 1 end)"
        ) }} as monthly_price

    from negotiated

    inner join plans
        on negotiated.plan_id = plans.plan_id

    where negotiated.unit_amount is not null

)

select * from described
