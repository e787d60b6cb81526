with

thresholds as (

    select * from {{ source('reference', 'thresholds') }}

),

renamed as (

    select
        name,
        segment,
        valid_from,
        fires_at,
        clears_at,
        direction,
        unit

    from thresholds

)

select * from renamed
