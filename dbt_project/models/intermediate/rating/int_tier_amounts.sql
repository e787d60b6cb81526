with

points as (

    select * from {{ ref('int_points') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where pricing in ('graduated', 'volume')

),

tiers as (

    select
        charge_id,
        valid_from,
        tier,
        up_to,
        coalesce(unit_amount, 0) as unit_amount,
        coalesce(flat_amount, 0) as flat_amount,
        coalesce(
            lag(up_to) over (partition by charge_id, valid_from order by tier), 0
        ) as above,
        row_number() over (partition by charge_id, valid_from order by tier) = 1 as is_first

    from {{ ref('stg_tiers') }}

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

    from points

    union all

    select
        unit_id,
        point_key,
        charge_id,
        window_start,
        'before' as side,
        billable_before as priced_quantity

    from points
    where billable_before is not null

),

-- a tier is entered by any fraction above its lower bound; at zero only the first one is
entered as (

    select
        sides.unit_id,
        sides.point_key,
        sides.side,
        sides.priced_quantity,
        charges.pricing,
        tiers.tier,
        tiers.above,
        tiers.up_to,
        tiers.unit_amount,
        tiers.flat_amount,
        max(tiers.tier) over (
            partition by sides.unit_id, sides.point_key, sides.side
        ) as highest_tier

    from sides

    inner join charges
        on
            sides.unit_id = charges.unit_id
            and sides.charge_id = charges.charge_id
            and sides.window_start = charges.window_start

    inner join tiers
        on
            charges.charge_id = tiers.charge_id
            and charges.valid_from = tiers.valid_from
            and (tiers.is_first or sides.priced_quantity > tiers.above)

),

priced as (

    select
        unit_id,
        point_key,
        side,
        pricing,
        tier,
        highest_tier,
        unit_amount,
        case
            when pricing = 'graduated'
                then
                    cast(
                        least(priced_quantity, coalesce(up_to, priced_quantity)) - above
                        as decimal(20, 6)
                    )
            when tier = highest_tier then cast(priced_quantity as decimal(20, 6))
            else 0
        end as tier_quantity,
        case when pricing = 'graduated' or tier = highest_tier then flat_amount else 0 end
            as tier_flat_amount

    from entered

),

summed_up as (

    select
        unit_id,
        point_key,
        side,
        max(highest_tier) as tier,
        -- one price can be shown only where one tier prices the whole quantity
        case
            when max(pricing) = 'volume'
                then max(case when tier = highest_tier then unit_amount end)
            when count(*) = 1 then max(unit_amount)
        end as unit_price,
        cast(
            sum({{ exact_product('tier_quantity', 'unit_amount') }} + tier_flat_amount)
            as decimal(38, 12)
        ) as amount

    from priced
    group by unit_id, point_key, side

)

select * from summed_up
