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

-- seats that change within a period: the full count are those that its lines bill in the end
tiered as (

    select
        quantities.unit_id,
        quantities.point_key,
        quantities.charge_id,
        quantities.billable,
        quantities.billable_before,
        charges.valid_from,
        charges.pricing,
        charges.tiers_by = 'period' and quantities.line_kind in ('seat', 'proration')
            as is_by_period,
        coalesce(
            quantities.tier_quantity,
            sum(quantities.billable - coalesce(quantities.billable_before, 0)) over (
                partition by quantities.unit_id, quantities.charge_id, quantities.window_start
            )
        ) as full_quantity,
        max(quantities.billable) over (
            partition by quantities.unit_id, quantities.charge_id, quantities.window_start
            order by quantities.level_number
            rows between unbounded preceding and 1 preceding
        ) as most_before

    from quantities

    inner join charges
        on
            quantities.unit_id = charges.unit_id
            and quantities.charge_id = charges.charge_id
            and quantities.window_start = charges.window_start

),

picked as (

    select
        tiered.*,
        case when is_by_period and pricing = 'volume' then full_quantity end as tier_quantity,
        is_by_period and pricing = 'graduated' and billable_before is not null
            as has_whole_flats

    from tiered

),

-- a change is priced twice: at the quantity after it and at the one before it; tiers that were
-- entered before, and left again, are not entered again
sides as (

    select
        picked.*,
        'after' as side,
        billable as priced_quantity

    from picked

    union all

    select
        picked.*,
        'before' as side,
        billable_before as priced_quantity

    from picked
    where billable_before is not null

    union all

    select
        picked.*,
        'most' as side,
        most_before as priced_quantity

    from picked
    where has_whole_flats and most_before > billable_before

),

-- one price can be shown only where one tier prices the whole quantity
priced as (

    select
        sides.unit_id,
        sides.point_key,
        sides.side,
        sides.tier_quantity,
        steps.tier,
        case
            when sides.pricing = 'volume' or steps.is_first then steps.unit_amount
        end as unit_price,
        cast(
            {{ tier_price('sides.pricing', 'sides.priced_quantity', 'steps') }}
            - case when sides.has_whole_flats then steps.flat_total else 0 end
            as decimal(38, 12)
        ) as amount,
        case
            when sides.has_whole_flats then steps.flat_total else cast(0 as decimal(38, 12))
        end as whole_flats

    from sides

    inner join steps
        on
            sides.charge_id = steps.charge_id
            and sides.valid_from = steps.valid_from
            and {{ is_in_tier('coalesce(sides.tier_quantity, sides.priced_quantity)', 'steps') }}

)

select * from priced
