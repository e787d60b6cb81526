with

seat_events as (

    select * from {{ source('raw', 'seat_events') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        seat_events.*,
        row_number() over (
            partition by seat_events.event_id
            order by
                seat_events.recorded_at desc,
                seat_events.exported_at desc,
                seat_events._file asc,
                seat_events._row asc
        ) as revision_rank

    from seat_events

    inner join settings
        on seat_events.recorded_at <= settings.as_of

),

renamed as (

    select
        event_id,
        account_id,
        event_type,
        quantity,
        effective_at,
        user_id,
        role,
        previous_role,
        subscription_id,
        source,
        corrects_event_id,
        recorded_at,
        _file,
        _row

    from known

    where revision_rank = 1

)

select * from renamed
