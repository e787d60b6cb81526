with

load_ledger as (

    select * from {{ ref('stg_load_ledger') }}

),

typed as (

    select
        cast(file_id as varchar) as file_id,
        cast(file_name as varchar) as file_name,
        cast(export as varchar) as export,
        cast(size_bytes as bigint) as size_bytes,
        cast(rows_read as bigint) as rows_read,
        cast(loaded as bigint) as loaded,
        cast(revisions as bigint) as revisions,
        cast(duplicates as bigint) as duplicates,
        cast(quarantined as bigint) as quarantined,
        cast(skipped as bigint) as skipped,
        cast(refused_reason as varchar) as refused_reason,
        cast(quantity_sum as decimal(38, 6)) as quantity_sum,
        cast(amount_sum as decimal(38, 4)) as amount_sum,
        cast(landed_at as timestamp) as landed_at

    from load_ledger

)

select * from typed
