with

windows as (

    select * from {{ ref('int_month_windows') }}
    where window_seconds > 0

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

spans as (

    select * from {{ ref('int_holder_spans') }}

),

user_months as (

    select * from {{ ref('int_user_months') }}

),

seat_months as (

    select * from {{ ref('int_seat_months') }}

),

-- whether a holder was inactive before the first human action anywhere is unknown
first_activity as (

    select min(activity_date) as first_active_on
    from {{ ref('int_user_activity') }}

),

-- local days are computed before months multiply the rows: time zone conversion costs more than a
-- join
held_since as (

    select
        spans.account_id,
        spans.user_id,
        spans.from_at,
        spans.to_at,
        spans.quantity,
        {{ local_day('spans.held_since_at', 'settings.time_zone') }} as held_since_on

    from spans

    cross join settings

),

-- seats held at the month's end, in the running month at the as-of
ended as (

    select
        held_since.account_id,
        held_since.user_id,
        windows.month,
        month_closes.measured_on,
        sum(held_since.quantity) as quantity,
        min(held_since.held_since_on) as held_since_on

    from held_since

    inner join windows
        on
            held_since.from_at < windows.window_end_at
            and held_since.to_at >= windows.window_end_at

    inner join month_closes
        on windows.month = month_closes.month

    group by held_since.account_id, held_since.user_id, windows.month, month_closes.measured_on

),

-- a holder cannot be idle for longer than they have held the seat
rested as (

    select
        ended.account_id,
        ended.month,
        ended.quantity,
        user_months.last_active_on is null as is_never_active,
        {{ days_between(
            'greatest(coalesce(user_months.last_active_on, ended.held_since_on), '
            ~ 'ended.held_since_on, first_activity.first_active_on)',
            'ended.measured_on'
        ) }} as idle_days

    from ended

    cross join first_activity

    left join user_months
        on
            ended.account_id = user_months.account_id
            and ended.user_id = user_months.user_id
            and ended.month = user_months.month

),

held as (

    select
        account_id,
        month,
        sum(quantity) as held_seats,
        sum(case when is_never_active then quantity else 0 end) as never_active_seats,
        sum(case when idle_days >= 30 then quantity else 0 end) as idle_30_seats,
        sum(case when idle_days >= 60 then quantity else 0 end) as idle_60_seats,
        sum(case when idle_days >= 90 then quantity else 0 end) as idle_90_seats

    from rested

    group by account_id, month

),

described as (

    select
        seat_months.account_id,
        seat_months.month,
        seat_months.end_seats,
        cast(
            greatest(seat_months.end_seats - coalesce(held.held_seats, 0), 0) as decimal(19, 6)
        ) as unheld_seats,
        cast(
            least(coalesce(held.never_active_seats, 0), seat_months.end_seats) as decimal(19, 6)
        ) as never_active_seats,
        cast(
            least(coalesce(held.idle_30_seats, 0), seat_months.end_seats) as decimal(19, 6)
        ) as idle_30_seats,
        cast(
            least(coalesce(held.idle_60_seats, 0), seat_months.end_seats) as decimal(19, 6)
        ) as idle_60_seats,
        cast(
            least(coalesce(held.idle_90_seats, 0), seat_months.end_seats) as decimal(19, 6)
        ) as idle_90_seats

    from seat_months

    left join held
        on
            seat_months.account_id = held.account_id
            and seat_months.month = held.month

)

select * from described
