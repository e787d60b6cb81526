with

accounts as (

    select * from {{ source('raw', 'accounts') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        accounts.*,
        row_number() over (
            partition by accounts.account_id
            order by
                accounts.recorded_at desc,
                accounts.exported_at desc,
                accounts._file asc,
                accounts._row asc
        ) as revision_rank

    from accounts

    inner join settings
        on accounts.recorded_at <= settings.as_of

),

renamed as (

    select
        account_id,
        account_name,
        segment,
        region,
        country,
        industry,
        currency,
        created_at,
        churned_at,
        renewal_date,
        billing_anchor_day,
        plan_id,
        billing_entity,
        trial_started_at,
        trial_converted_at,
        account_owner,
        recorded_at,
        _file,
        _row

    from known

    where revision_rank = 1

)

select * from renamed
