with

stored as (

    select * from {{ source('statistics', 'user_usage') }}

),

renamed as (

    select
        account_id,
        user_id,
        month,
        meter,
        actor_type,
        quantity,
        event_count

    from stored

)

select * from renamed
