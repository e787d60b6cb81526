with

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

published as (

    select
        segment,
        name,
        fires_at,
        clears_at,
        direction,
        unit

    from thresholds

)

select * from published
