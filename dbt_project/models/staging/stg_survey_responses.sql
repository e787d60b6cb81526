with

survey_responses as (  -- noqa: ST03

    select * from {{ source('raw', 'survey_responses') }}

),

settings as (  -- noqa: ST03

    select * from {{ source('reference', 'settings') }}

),

known as (

    select * from ({{ latest_revision('survey_responses', ['response_id']) }})

),

renamed as (

    select
        response_id,
        account_id,
        responded_at,
        kind,
        score,
        recorded_at,
        _file,
        _row

    from known

)

select * from renamed
