with

support_tickets as (  -- noqa: ST03

    select * from {{ source('raw', 'support_tickets') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('support_tickets', ['ticket_id']) }})

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

)

select * from renamed
