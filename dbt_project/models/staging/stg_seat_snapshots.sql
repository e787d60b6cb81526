with

seat_snapshots as (  -- noqa: ST03

    select * from {{ source('raw', 'seat_snapshots') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from (
        {{ latest_revision('seat_snapshots', ['account_id', 'snapshot_date', 'user_id', 'role']) }}
    )

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

)

select * from renamed
