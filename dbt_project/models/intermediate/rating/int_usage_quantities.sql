{{ config(materialized='view') }}

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

month_seats as (

    select * from {{ ref('int_month_seats') }}

),

reopened as (

    select * from {{ ref('int_reopened_outcomes') }}

),

-- units are converted first; what is included per seat follows the seats that the charge's role
-- names, month by month
allowed as (

    select
        unit_usage.unit_id,
        unit_usage.charge_id,
        unit_usage.window_start,
        unit_usage.month,
        unit_usage.service_start,
        unit_usage.service_end,
        {{ converted_units(
            'unit_usage.quantity', 'charges.divide_by', 'charges.quantity_rounding'
        ) }} as quantity,
        {{ converted_units(
            'unit_usage.quantity_before', 'charges.divide_by', 'charges.quantity_rounding'
        ) }} as quantity_before,
        unit_usage.numerator,
        unit_usage.denominator,
        unit_usage.bound_numerator,
        unit_usage.bound_denominator,
        charges.is_cut,
        cast(
            case
                when charges.included_per = 'seat'
                    then
                        charges.included_quantity
                        * coalesce(month_seats.basis_seats, unit_seats.basis_seats, 0)
                else charges.included_quantity
            end as decimal(28, 6)
        ) as allowance

    from unit_usage

    inner join charges
        on
            unit_usage.unit_id = charges.unit_id
            and unit_usage.charge_id = charges.charge_id
            and unit_usage.window_start = charges.window_start

    left join unit_seats
        on
            charges.unit_id = unit_seats.unit_id
            and charges.seat_rule = unit_seats.seat_rule

    left join month_seats
        on
            charges.unit_id = month_seats.unit_id
            and charges.seat_rule = month_seats.seat_rule
            and unit_usage.month = month_seats.month

),

-- after a change of price the month's work runs on: what came before it has used up the included
-- quantity and the lower tiers
work as (

    select
        unit_id,
        charge_id,
        window_start,
        concat(
            charge_id,
            chr(31),
            cast(month as varchar),
            case when is_cut then concat(chr(31), cast(window_start as varchar)) else '' end
        ) as point_key,
        'usage' as line_kind,
        cast(null as varchar) as event_id,
        service_start,
        service_end,
        cast(quantity - coalesce(quantity_before, 0) as decimal(28, 6)) as quantity,
        cast(
            least(quantity, allowance) - least(coalesce(quantity_before, 0), allowance)
            as decimal(28, 6)
        ) as included,
        case
            when quantity_before is not null
                then cast(greatest(quantity_before - allowance, 0) as decimal(28, 6))
        end as billable_before,
        cast(greatest(quantity - allowance, 0) as decimal(28, 6)) as billable,
        cast(null as decimal(28, 6)) as tier_quantity,
        cast(null as integer) as level_number,
        numerator,
        denominator,
        bound_numerator,
        bound_denominator

    from allowed

),

-- the same line without the outcomes reopened after the window, for the credit that they are due
without_reopened as (

    select
        allowed.unit_id,
        allowed.charge_id,
        allowed.window_start,
        reopened.point_key,
        'reopened' as line_kind,
        cast(null as varchar) as event_id,
        allowed.service_start,
        allowed.service_end,
        cast(reopened.quantity_after - coalesce(allowed.quantity_before, 0) as decimal(28, 6))
            as quantity,
        cast(
            least(reopened.quantity_after, allowed.allowance)
            - least(coalesce(allowed.quantity_before, 0), allowed.allowance)
            as decimal(28, 6)
        ) as included,
        case
            when allowed.quantity_before is not null
                then
                    cast(
                        greatest(allowed.quantity_before - allowed.allowance, 0) as decimal(28, 6)
                    )
        end as billable_before,
        cast(greatest(reopened.quantity_after - allowed.allowance, 0) as decimal(28, 6))
            as billable,
        cast(null as decimal(28, 6)) as tier_quantity,
        cast(null as integer) as level_number,
        allowed.numerator,
        allowed.denominator,
        allowed.bound_numerator,
        allowed.bound_denominator

    from allowed

    inner join reopened
        on
            allowed.unit_id = reopened.unit_id
            and allowed.charge_id = reopened.charge_id
            and allowed.window_start = reopened.window_start
            and allowed.month = reopened.work_month

),

quantities as (

    select * from work

    union all

    select * from without_reopened

)

select * from quantities
