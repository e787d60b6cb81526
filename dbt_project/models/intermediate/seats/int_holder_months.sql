with

spans as (

    select * from {{ ref('int_holder_spans') }}

),

windows as (

    select * from {{ ref('int_month_windows') }}
    where window_seconds > 0

),

activity as (

    select * from {{ ref('int_user_activity') }}

),

-- seconds are counted from the month's start, so the parts of a month add up to it
monthly as (

    select
        spans.account_id,
        spans.user_id,
        windows.month,
        windows.month_end,
        sum(
            spans.quantity * (
                {{ seconds_between(
                    'windows.month_start_at', 'least(spans.to_at, windows.window_end_at)'
                ) }}
                - {{ seconds_between(
                    'windows.month_start_at', 'greatest(spans.from_at, windows.month_start_at)'
                ) }}
            )
        ) as seat_seconds

    from spans

    inner join windows
        on
            spans.from_at < windows.window_end_at
            and spans.to_at > windows.month_start_at

    group by spans.account_id, spans.user_id, windows.month, windows.month_end

),

active_months as (

    select distinct
        account_id,
        user_id,
        {{ month_of('activity_date') }} as month

    from activity

),

first_actions as (

    select
        account_id,
        user_id,
        min(activity_date) as first_active_on

    from activity

    group by account_id, user_id

),

described as (

    select
        monthly.account_id,
        monthly.user_id,
        monthly.month,
        cast(monthly.seat_seconds as decimal(38, 6)) as seat_seconds,
        active_months.month is not null as is_active,
        (
            first_actions.first_active_on is null
            or first_actions.first_active_on >= monthly.month_end
        ) as is_never_active

    from monthly

    left join active_months
        on
            monthly.account_id = active_months.account_id
            and monthly.user_id = active_months.user_id
            and monthly.month = active_months.month

    left join first_actions
        on
            monthly.account_id = first_actions.account_id
            and monthly.user_id = first_actions.user_id

)

select * from described
