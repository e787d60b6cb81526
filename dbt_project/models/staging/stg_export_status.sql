with

export_status as (

    select * from {{ source('raw', 'export_status') }}

),

renamed as (

    select
        export,
        is_present,
        is_required,
        row_count,
        first_at,
        last_at,
        reason

    from export_status

)

select * from renamed
