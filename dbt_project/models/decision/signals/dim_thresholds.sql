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
        unit,
        valid_from,
        is_own_row

    from thresholds

)

select * from published
