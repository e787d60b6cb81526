with

contracts as (

    select * from {{ ref('int_contracts') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft')

),

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

contracted as (

    select
        account_id,
        min(started_on) as started_on,
        -- an account with an open contract has not ended
        case when count(*) = count(ended_on) then max(ended_on) end as ended_on

    from contracts
    group by account_id

),

invoiced as (

    select
        account_id,
        min(period_start) as started_on

    from invoice_lines
    group by account_id

),

seated as (

    select
        seat_events.account_id,
        min(
            cast({{ local_time('seat_events.effective_at', 'settings.time_zone') }} as date)
        ) as started_on

    from seat_events

    cross join settings

    group by seat_events.account_id

),

created as (

    select
        accounts.account_id,
        accounts.billing_anchor_day,
        cast({{ local_time('accounts.created_at', 'settings.time_zone') }} as date) as started_on

    from accounts

    cross join settings

),

named as (

    select account_id from contracted

    union distinct

    select account_id from invoiced

    union distinct

    select account_id from seated

    union distinct

    select account_id from created

),

anchored as (

    select
        named.account_id,
        coalesce(
            created.billing_anchor_day,
            extract(day from contracted.started_on),
            extract(day from invoiced.started_on),
            extract(day from created.started_on),
            extract(day from seated.started_on)
        ) as anchor_day,
        coalesce(
            contracted.started_on,
            invoiced.started_on,
            seated.started_on,
            created.started_on
        ) as started_on,
        contracted.ended_on

    from named

    left join contracted
        on named.account_id = contracted.account_id

    left join invoiced
        on named.account_id = invoiced.account_id

    left join seated
        on named.account_id = seated.account_id

    left join created
        on named.account_id = created.account_id

),

known as (

    select
        account_id,
        cast(anchor_day as integer) as anchor_day,
        started_on,
        ended_on

    from anchored
    where anchor_day is not null

)

select * from known
