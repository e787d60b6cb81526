with

accounts as (

    select * from {{ source('raw', 'accounts') }}

),

settings as (

    select * from {{ source('reference', 'settings') }}

),

-- same order as in stg_accounts, so the last revision here is the row there
ranked as (

    select
        accounts.*,
        row_number() over (
            partition by accounts.account_id
            order by
                {{ revision_order('accounts', latest_first=false) }}
        ) as revision

    from accounts

    inner join settings
        on accounts.recorded_at <= settings.as_of

),

renamed as (

    select
        account_id,
        cast(revision as integer) as revision,
        segment,
        region,
        recorded_at

    from ranked

)

select * from renamed
