with

versions as (

    select * from {{ source('reference', 'versions') }}

),

renamed as (

    select
        build_id,
        price_version,
        code_version

    from versions

)

select * from renamed
