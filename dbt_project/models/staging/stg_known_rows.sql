with

known_rows as (

    select * from {{ source('raw', 'known_rows') }}

),

renamed as (

    select
        export,
        kept,
        held

    from known_rows

)

select * from renamed
