with

flat_points as (

    select * from {{ ref('int_flat_points') }}

),

seat_points as (

    select * from {{ ref('int_seat_points') }}

),

usage_points as (

    select * from {{ ref('int_usage_points') }}

),

credit_points as (

    select * from {{ ref('int_credit_points') }}

),

points as (

    select * from flat_points

    union all

    select * from seat_points

    union all

    select * from usage_points

    union all

    select * from credit_points

)

select * from points
