with

reported_verdicts as (

    select * from {{ source('raw', 'reported_verdicts') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- a build as of a past moment does not know later reports
known as (

    select reported_verdicts.*
    from reported_verdicts

    inner join settings
        on reported_verdicts.as_of <= settings.as_of

),

renamed as (

    select
        telling,
        source,
        as_of,
        build_id,
        segment,
        month,
        verdict,
        scenario_id,
        confidence,
        weakest_link,
        sentence,
        flips,
        price_version,
        thresholds_version,
        code_version

    from known

)

select * from renamed
