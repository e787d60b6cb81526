with

subscriptions as (

    select * from {{ source('raw', 'subscriptions') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- of several revisions the one known last at the as-of holds; the file and row
-- numbers only settle what is equal in every other way
known as (

    select
        subscriptions.*,
        row_number() over (
            partition by subscriptions.subscription_id
            order by
                subscriptions.recorded_at desc,
                subscriptions.exported_at desc,
                subscriptions._file asc,
                subscriptions._row asc
        ) as revision_rank

    from subscriptions

    inner join settings
        on subscriptions.recorded_at <= settings.as_of

),

renamed as (

    select
        subscription_id,
        account_id,
        plan_id,
        started_at,
        ended_at,
        billing_interval,
        seats_committed,
        discount_pct,
        renewal_date,
        recorded_at,
        _file,
        _row

    from known

    where revision_rank = 1

)

select * from renamed
