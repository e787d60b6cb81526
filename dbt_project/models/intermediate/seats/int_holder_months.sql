with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}
    where user_id is not null

),

terms as (

    select * from {{ ref('int_seat_terms') }}

),

windows as (

    select * from {{ ref('int_month_windows') }}

),

activity as (

    select * from {{ ref('int_user_activity') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

moments as (

    select
        account_id,
        user_id,
        role,
        effective_at,
        sum(assigned_change) as assigned_change,
        sum(suspended_change) as suspended_change

    from seat_changes

    group by account_id, user_id, role, effective_at

),

holdings as (

    select
        account_id,
        user_id,
        role,
        effective_at as from_at,
        lead(effective_at) over (
            partition by account_id, user_id, role
            order by effective_at asc
        ) as to_at,
        sum(assigned_change) over (
            partition by account_id, user_id, role
            order by effective_at asc
        ) as assigned,
        sum(suspended_change) over (
            partition by account_id, user_id, role
            order by effective_at asc
        ) as suspended

    from moments

),

-- the same terms that make the account's seats billable make the holder's
billable as (

    select
        holdings.account_id,
        holdings.user_id,
        greatest(
            holdings.from_at, {{ utc_time('terms.from_on', 'settings.time_zone') }}
        ) as from_at,
        least(
            coalesce(holdings.to_at, settings.as_of),
            coalesce({{ utc_time('terms.to_on', 'settings.time_zone') }}, settings.as_of)
        ) as to_at,
        {{ billable_quantity(
            'holdings.assigned', 'holdings.suspended', 'terms.bill_suspended'
        ) }} as quantity

    from holdings

    inner join terms
        on
            holdings.account_id = terms.account_id
            and {{ is_billable_role('terms.billable_roles', 'holdings.role') }}

    cross join settings

    where holdings.assigned > 0

),

-- seconds are counted from the month's start, so that the parts of a month add up to it
monthly as (

    select
        billable.account_id,
        billable.user_id,
        windows.month,
        windows.month_end,
        sum(
            billable.quantity * (
                {{ seconds_between(
                    'windows.window_start_at', 'least(billable.to_at, windows.window_end_at)'
                ) }}
                - {{ seconds_between(
                    'windows.window_start_at', 'greatest(billable.from_at, windows.window_start_at)'
                ) }}
            )
        ) as seat_seconds

    from billable

    inner join windows
        on
            billable.from_at < windows.window_end_at
            and billable.to_at > windows.window_start_at

    where
        billable.quantity > 0
        and billable.from_at < billable.to_at

    group by billable.account_id, billable.user_id, windows.month, windows.month_end

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
