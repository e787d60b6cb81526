with

quarantine as (

    select * from {{ ref('stg_quarantine') }}

),

typed as (

    select
        cast(file_id as varchar) as file_id,
        cast(file_name as varchar) as file_name,
        cast(export as varchar) as export,
        cast(row_number as bigint) as row_number,
        cast(raw as varchar) as raw,
        cast(reason as varchar) as reason,
        cast(sentence as varchar) as sentence

    from quarantine

)

select * from typed
