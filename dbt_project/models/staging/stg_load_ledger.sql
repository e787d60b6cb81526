with

load_ledger as (

    select * from {{ source('raw', 'load_ledger') }}

),

renamed as (

    select
        file_id,
        file_name,
        export,
        size_bytes,
        rows_read,
        loaded,
        revisions,
        duplicates,
        quarantined,
        skipped,
        refused_reason,
        quantity_sum,
        amount_sum,
        landed_at

    from load_ledger

)

select * from renamed
