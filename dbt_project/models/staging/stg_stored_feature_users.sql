with

stored as (

    select * from {{ source('statistics', 'feature_users') }}

),

renamed as (

    select
        account_id,
        feature,
        user_id,
        month

    from stored

)

select * from renamed
