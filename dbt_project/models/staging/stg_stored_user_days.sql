with

stored as (

    select * from {{ source('statistics', 'user_days') }}

),

renamed as (

    select
        account_id,
        user_id,
        activity_date

    from stored

)

select * from renamed
