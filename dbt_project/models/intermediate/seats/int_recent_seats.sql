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

billable_seats as (

    select * from {{ ref('int_billable_seats') }}
    where billable_seats > 0

),

user_months as (

    select * from {{ ref('int_user_months') }}

),

lengths as (

    select 7 as day_count

    union all

    select 28 as day_count

),

-- the last days of the month, in the running month those up to the as-of's day
recent as (

    select
        windows.month,
        lengths.day_count,
        {{ add_days('month_closes.measured_on', '1 - lengths.day_count') }} as window_start_on,
        {{ utc_time(
            add_days('month_closes.measured_on', '1 - lengths.day_count'), 'settings.time_zone'
        ) }} as window_start_at,
        windows.window_end_at

    from windows

    inner join month_closes
        on windows.month = month_closes.month

    cross join lengths

    cross join settings

),

billed as (

    select
        billable_seats.account_id,
        recent.month,
        recent.day_count,
        sum(
            billable_seats.billable_seats * {{ seconds_between(
                'greatest(billable_seats.from_at, recent.window_start_at)',
                'least(billable_seats.to_at, recent.window_end_at)'
            ) }}
        ) as seat_seconds

    from billable_seats

    inner join recent
        on
            billable_seats.from_at < recent.window_end_at
            and billable_seats.to_at > recent.window_start_at

    group by billable_seats.account_id, recent.month, recent.day_count

),

held as (

    select
        spans.account_id,
        spans.user_id,
        recent.month,
        recent.day_count,
        recent.window_start_on,
        sum(
            spans.quantity * {{ seconds_between(
                'greatest(spans.from_at, recent.window_start_at)',
                'least(spans.to_at, recent.window_end_at)'
            ) }}
        ) as seat_seconds

    from spans

    inner join recent
        on
            spans.from_at < recent.window_end_at
            and spans.to_at > recent.window_start_at

    group by
        spans.account_id,
        spans.user_id,
        recent.month,
        recent.day_count,
        recent.window_start_on

),

-- early in the running month the days reach back into the previous month
active as (

    select
        held.account_id,
        held.month,
        held.day_count,
        sum(
            case
                when
                    coalesce(user_months.last_active_on, months_before.last_active_on)
                    >= held.window_start_on
                    then held.seat_seconds
                else 0
            end
        ) as active_seconds

    from held

    left join user_months
        on
            held.account_id = user_months.account_id
            and held.user_id = user_months.user_id
            and held.month = user_months.month

    left join user_months as months_before
        on
            held.account_id = months_before.account_id
            and held.user_id = months_before.user_id
            and {{ add_months('held.month', '-1') }} = months_before.month

    group by held.account_id, held.month, held.day_count

),

-- corrections that remove seats without naming the holder can leave more seats held than billed
described as (

    select
        billed.account_id,
        billed.month,
        billed.day_count,
        cast(billed.seat_seconds as decimal(38, 6)) as seat_seconds,
        cast(
            least(coalesce(active.active_seconds, 0), billed.seat_seconds) as decimal(38, 6)
        ) as active_seconds

    from billed

    left join active
        on
            billed.account_id = active.account_id
            and billed.month = active.month
            and billed.day_count = active.day_count

)

select * from described
