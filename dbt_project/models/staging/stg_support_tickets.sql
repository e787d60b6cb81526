with

support_tickets as (

    select * from {{ source('raw', 'support_tickets') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        support_tickets.*,
        row_number() over (
            partition by support_tickets.ticket_id
            order by
                support_tickets.recorded_at desc,
                support_tickets.exported_at desc,
                support_tickets._file asc,
                support_tickets._row asc
        ) as revision_rank

    from support_tickets

    inner join settings
        on support_tickets.recorded_at <= settings.as_of

),

renamed as (

    select
        ticket_id,
        account_id,
        created_at,
        tags,
        topic,
        csat,
        recorded_at,
        _file,
        _row

    from known

    where revision_rank = 1

)

select * from renamed
