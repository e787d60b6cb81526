with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'flat'

),

points as (

    select
        charges.unit_id,
        charges.charge_id,
        charges.charge_id as point_key,
        'flat' as line_kind,
        cast(null as varchar) as event_id,
        units.service_start,
        units.service_end,
        cast(1 as decimal(28, 6)) as quantity,
        cast(0 as decimal(28, 6)) as included,
        cast(null as decimal(28, 6)) as billable_before,
        cast(1 as decimal(28, 6)) as billable,
        -- a plan without proration bills a partial period whole
        case
            when units.proration = 'none' then 1
            else {{ days_between('units.service_start', 'units.service_end') }}
        end as numerator,
        case
            when units.proration = 'none' then 1
            else {{ days_between('units.period_start', 'units.period_end') }}
        end as denominator

    from charges

    inner join units
        on charges.unit_id = units.unit_id

)

select * from points
