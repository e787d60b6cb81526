with

stored as (

    select * from {{ source('statistics', 'reopenings') }}

),

renamed as (

    select
        account_id,
        subscription_id,
        usage_date,
        reopened_on,
        meter,
        dimension,
        actor_type,
        quantity

    from stored

)

select * from renamed
