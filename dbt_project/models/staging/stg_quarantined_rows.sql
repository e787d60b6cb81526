with

quarantined_rows as (

    select * from {{ source('raw', 'quarantined_rows') }}

),

renamed as (

    select
        export,
        file_name,
        row_key,
        account_id,
        event_at,
        known_at,
        file_from,
        file_to,
        meter,
        actor_type,
        line_type,
        status,
        period_start,
        period_end

    from quarantined_rows

)

select * from renamed
