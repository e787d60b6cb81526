with

survey_responses as (

    select * from {{ source('raw', 'survey_responses') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        survey_responses.*,
        row_number() over (
            partition by survey_responses.response_id
            order by
                survey_responses.recorded_at desc,
                survey_responses.exported_at desc,
                survey_responses._file asc,
                survey_responses._row asc
        ) as revision_rank

    from survey_responses

    inner join settings
        on survey_responses.recorded_at <= settings.as_of

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

    where revision_rank = 1

)

select * from renamed
