with

unit_usage as (

    select * from {{ ref('int_unit_usage') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

unit_seats as (

    select * from {{ ref('int_unit_seats') }}

),

reopened as (

    select * from {{ ref('int_reopened_outcomes') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

-- what is included per seat follows the seats that the charge's role names
allowed as (

    select
        unit_usage.unit_id,
        unit_usage.charge_id,
        unit_usage.month,
        unit_usage.service_start,
        unit_usage.service_end,
        unit_usage.quantity,
        cast(
            case
                when charges.included_per = 'seat'
                    then charges.included_quantity * coalesce(unit_seats.basis_seats, 0)
                else charges.included_quantity
            end as decimal(28, 6)
        ) as allowance

    from unit_usage

    inner join charges
        on
            unit_usage.unit_id = charges.unit_id
            and unit_usage.charge_id = charges.charge_id

    left join unit_seats
        on
            charges.unit_id = unit_seats.unit_id
            and charges.seat_rule = unit_seats.seat_rule

),

work as (

    select
        unit_id,
        charge_id,
        concat(charge_id, chr(31), cast(month as varchar)) as point_key,
        'usage' as line_kind,
        cast(null as varchar) as event_id,
        service_start,
        service_end,
        quantity,
        least(quantity, allowance) as included,
        cast(null as decimal(28, 6)) as billable_before,
        greatest(quantity - allowance, 0) as billable,
        1 as numerator,
        1 as denominator

    from allowed

),

-- an outcome reopened after the window is credited where it was reopened: what the month of the
-- work would have cost without it, less what it did cost
reopening_units as (

    select
        reopened.*,
        allowed.allowance,
        reopening.unit_id as reopening_unit_id,
        reopening.service_start as reopening_service_start,
        row_number() over (
            partition by
                reopened.work_unit_id,
                reopened.charge_id,
                reopened.work_month,
                reopened.reopened_month
            order by reopening.service_start desc
        ) as unit_rank

    from reopened

    inner join allowed
        on
            reopened.work_unit_id = allowed.unit_id
            and reopened.charge_id = allowed.charge_id
            and reopened.work_month = allowed.month

    -- where the contract has ended meanwhile, the last period takes the credit
    inner join units as reopening
        on
            reopened.scenario_id = reopening.scenario_id
            and reopened.account_id = reopening.account_id
            and reopened.contract_id = reopening.contract_id
            and reopening.month <= reopened.reopened_month

),

credits as (

    select
        reopening_units.reopening_unit_id as unit_id,
        reopening_units.charge_id,
        concat(
            reopening_units.charge_id,
            chr(31),
            cast(reopening_units.reopened_month as varchar),
            chr(31),
            cast(reopening_units.work_month as varchar)
        ) as point_key,
        'credit' as line_kind,
        cast(null as varchar) as event_id,
        coalesce(reopened_usage.service_start, reopening_units.reopening_service_start)
            as service_start,
        coalesce(
            reopened_usage.service_end,
            {{ add_days('reopening_units.reopening_service_start', 1) }}
        ) as service_end,
        cast(-reopening_units.reopened_quantity as decimal(28, 6)) as quantity,
        cast(
            -reopening_units.reopened_quantity
            + greatest(reopening_units.quantity_before - reopening_units.allowance, 0)
            - greatest(reopening_units.quantity_after - reopening_units.allowance, 0)
            as decimal(28, 6)
        ) as included,
        cast(
            greatest(reopening_units.quantity_before - reopening_units.allowance, 0)
            as decimal(28, 6)
        ) as billable_before,
        cast(
            greatest(reopening_units.quantity_after - reopening_units.allowance, 0)
            as decimal(28, 6)
        ) as billable,
        1 as numerator,
        1 as denominator

    from reopening_units

    left join unit_usage as reopened_usage
        on
            reopening_units.reopening_unit_id = reopened_usage.unit_id
            and reopening_units.charge_id = reopened_usage.charge_id
            and reopening_units.reopened_month = reopened_usage.month

    where reopening_units.unit_rank = 1

),

points as (

    select * from work

    union all

    select * from credits

)

select * from points
