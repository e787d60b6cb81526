with

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

user_usage_monthly as (

    select * from {{ ref('int_user_usage_monthly') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

monthly as (

    select
        account_id,
        {{ month_of('usage_date') }} as month,
        meter,
        actor_type,
        sum(quantity) as quantity,
        sum(outcome_quantity) as successful_quantity,
        sum(event_count) as event_count

    from usage_daily

    group by account_id, {{ month_of('usage_date') }}, meter, actor_type

),

users as (

    select
        account_id,
        month,
        meter,
        actor_type,
        count(*) as user_count

    from user_usage_monthly

    group by account_id, month, meter, actor_type

),

described as (

    select
        monthly.account_id,
        monthly.month,
        monthly.meter,
        monthly.actor_type,
        accounts.segment,
        cast(monthly.quantity as decimal(38, 6)) as quantity,
        cast(monthly.successful_quantity as decimal(38, 6)) as successful_quantity,
        cast(monthly.event_count as bigint) as event_count,
        cast(users.user_count as bigint) as user_count,
        -- work of the month's last hours may still be taken back
        monthly.successful_quantity > 0
        and coalesce(
            {{ add_hours('calendar_months.month_end_at', 'settings.outcome_reopen_hours') }}
            > settings.as_of,
            true
        ) as has_open_window,
        -- work after the as-of's month does not belong to any closed month
        coalesce(calendar_months.is_provisional, true) as is_provisional

    from monthly

    inner join accounts
        on monthly.account_id = accounts.account_id

    left join users
        on
            monthly.account_id = users.account_id
            and monthly.month = users.month
            and monthly.meter = users.meter
            and monthly.actor_type = users.actor_type

    left join calendar_months
        on monthly.month = calendar_months.month

    cross join settings

)

select * from described
