{{ config(materialized='view') }}

with

rated_charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'seats'

),

unit_seats as (

    select * from {{ ref('int_unit_seats') }}

),

described as (

    select
        rated_charges.unit_id,
        rated_charges.charge_id,
        min(unit_seats.active_seats) as active_seats

    from rated_charges

    inner join unit_seats
        on
            rated_charges.unit_id = unit_seats.unit_id
            and rated_charges.seat_rule = unit_seats.seat_rule

    group by rated_charges.unit_id, rated_charges.charge_id

    having count(distinct rated_charges.seat_rule) = 1

)

select * from described
