with

seat_snapshots as (

    select * from {{ source('raw', 'seat_snapshots') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        seat_snapshots.*,
        row_number() over (
            partition by
                seat_snapshots.account_id,
                seat_snapshots.snapshot_date,
                seat_snapshots.user_id,
                seat_snapshots.role
            order by
                seat_snapshots.recorded_at desc,
                seat_snapshots.exported_at desc,
                seat_snapshots._file asc,
                seat_snapshots._row asc
        ) as revision_rank

    from seat_snapshots

    inner join settings
        on seat_snapshots.recorded_at <= settings.as_of

),

renamed as (

    select
        account_id,
        snapshot_date,
        user_id,
        role,
        assigned_at,
        last_active_at,
        recorded_at,
        _file,
        _row

    from known

    where revision_rank = 1

)

select * from renamed
