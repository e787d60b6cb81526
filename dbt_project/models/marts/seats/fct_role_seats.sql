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

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

-- seconds are counted from the month's start, as for the account's own seats
held as (

    select
        spans.account_id,
        spans.user_id,
        coalesce(spans.role, 'unknown') as role,
        windows.month,
        windows.window_seconds,
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

    group by
        spans.account_id,
        spans.user_id,
        coalesce(spans.role, 'unknown'),
        windows.month,
        windows.window_seconds

),

active_months as (

    select distinct
        account_id,
        user_id,
        {{ month_of('activity_date') }} as month

    from activity

),

summed as (

    select
        held.account_id,
        held.month,
        held.role,
        held.window_seconds,
        count(*) as holders,
        cast(sum(held.seat_seconds) as decimal(38, 6)) as seat_seconds,
        cast(
            sum(case when active_months.month is not null then held.seat_seconds else 0 end)
            as decimal(38, 6)
        ) as active_seconds

    from held

    left join active_months
        on
            held.account_id = active_months.account_id
            and held.user_id = active_months.user_id
            and held.month = active_months.month

    group by held.account_id, held.month, held.role, held.window_seconds

),

-- if the account's activity is unknown, so is a role's
described as (

    select
        summed.account_id,
        summed.month,
        summed.role,
        utilization.segment,
        utilization.plan_id,
        utilization.currency,
        cast(summed.holders as bigint) as holders,
        cast({{ ratio('summed.seat_seconds', 'summed.window_seconds') }} as decimal(19, 6))
            as held_seats,
        case
            when utilization.reason is null
                then
                    cast(
                        {{ ratio('summed.active_seconds', 'summed.window_seconds') }}
                        as decimal(19, 6)
                    )
        end as active_seats,
        case
            when utilization.reason is null
                then
                    cast(
                        {{ ratio('summed.active_seconds', 'summed.seat_seconds') }}
                        as decimal(9, 6)
                    )
        end as utilization,
        utilization.is_provisional,
        utilization.reason

    from summed

    inner join utilization
        on
            summed.account_id = utilization.account_id
            and summed.month = utilization.month

)

select * from described
