with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'flat'

),

settings as (

    select * from {{ ref('stg_settings') }}

),

shared as (

    select
        charges.unit_id,
        charges.charge_id,
        charges.window_start,
        case
            when charges.is_cut
                then
                    concat(
                        charges.charge_id, chr(31), cast(charges.window_start as varchar)
                    )
            else charges.charge_id
        end as point_key,
        'flat' as line_kind,
        cast(null as varchar) as event_id,
        charges.window_start as service_start,
        charges.window_end as service_end,
        cast(1 as decimal(28, 6)) as quantity,
        cast(0 as decimal(28, 6)) as included,
        cast(null as decimal(28, 6)) as billable_before,
        cast(1 as decimal(28, 6)) as billable,
        cast(null as decimal(28, 6)) as tier_quantity,
        cast(null as integer) as level_number,
        -- a plan without proration bills a partial period whole, in parts where its price changes
        case
            when units.proration = 'none' and not charges.is_cut then 1
            when units.proration = 'by_second'
                then {{ local_seconds_between(
                    'charges.window_start', 'charges.window_end', 'settings.time_zone'
                ) }}
            else {{ prorated_days(
                'units.proration', 'charges.window_start', 'charges.window_end'
            ) }}
        end as numerator,
        case
            when units.proration = 'none' and not charges.is_cut then 1
            when units.proration = 'none'
                then {{ days_between('units.service_start', 'units.service_end') }}
            when units.proration = 'by_second'
                then {{ seconds_between('units.period_start_at', 'units.period_end_at') }}
            else {{ prorated_days(
                'units.proration', 'units.period_start', 'units.period_end'
            ) }}
        end as denominator

    from charges

    inner join units
        on charges.unit_id = units.unit_id

    cross join settings

),

flat_quantities as (

    select
        shared.*,
        numerator as bound_numerator,
        denominator as bound_denominator

    from shared

),

seat_quantities as (

    select * from {{ ref('int_seat_quantities') }}

),

usage_quantities as (

    select * from {{ ref('int_usage_quantities') }}

),

credit_quantities as (

    select * from {{ ref('int_credit_quantities') }}

),

quantities as (

    select * from flat_quantities

    union all

    select * from seat_quantities

    union all

    select * from usage_quantities

    union all

    select * from credit_quantities

)

select * from quantities
