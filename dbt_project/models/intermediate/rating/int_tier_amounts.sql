with

quantities as (

    select * from {{ ref('int_line_quantities') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where pricing in ('graduated', 'volume')

),

steps as (

    select steps.* from ({{ tier_steps(ref('stg_tiers')) }}) as steps

),

-- a change is priced twice: at the quantity after it and at the one before it
sides as (

    select
        unit_id,
        point_key,
        charge_id,
        window_start,
        'after' as side,
        billable as priced_quantity

    from quantities

    union all

    select
        unit_id,
        point_key,
        charge_id,
        window_start,
        'before' as side,
        billable_before as priced_quantity

    from quantities
    where billable_before is not null

),

-- one price can be shown only where one tier prices the whole quantity
priced as (

    select
        sides.unit_id,
        sides.point_key,
        sides.side,
        steps.tier,
        case
            when charges.pricing = 'volume' or steps.is_first then steps.unit_amount
        end as unit_price,
        cast(
            {{ tier_price('charges.pricing', 'sides.priced_quantity', 'steps') }}
            as decimal(38, 12)
        ) as amount

    from sides

    inner join charges
        on
            sides.unit_id = charges.unit_id
            and sides.charge_id = charges.charge_id
            and sides.window_start = charges.window_start

    inner join steps
        on
            charges.charge_id = steps.charge_id
            and charges.valid_from = steps.valid_from
            and {{ is_in_tier('sides.priced_quantity', 'steps') }}

)

select * from priced
