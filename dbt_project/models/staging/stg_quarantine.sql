with

quarantine as (

    select * from {{ source('raw', 'quarantine') }}

),

renamed as (

    select
        file_id,
        file_name,
        export,
        row_number,
        raw,
        reason,
        sentence

    from quarantine

)

select * from renamed
