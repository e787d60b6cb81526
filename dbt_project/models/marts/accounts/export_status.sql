with

export_status as (

    select * from {{ ref('stg_export_status') }}

),

typed as (

    select
        cast(export as varchar) as export,
        cast(is_present as boolean) as is_present,
        cast(is_required as boolean) as is_required,
        cast(row_count as bigint) as row_count,
        cast(first_at as timestamp) as first_at,
        cast(last_at as timestamp) as last_at,
        cast(reason as varchar) as reason

    from export_status

)

select * from typed
