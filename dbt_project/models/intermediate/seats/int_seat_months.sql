with

billable_seats as (

    select * from {{ ref('int_billable_seats') }}

),

terms as (

    select * from {{ ref('int_seat_terms') }}

),

windows as (

    select * from {{ ref('int_month_windows') }}
    where window_seconds > 0

),

spans as (

    select
        billable_seats.account_id,
        windows.month,
        windows.month_end,
        windows.window_seconds,
        windows.is_provisional,
        billable_seats.billable_seats,
        billable_seats.to_at >= windows.window_end_at as is_at_end,
        {{ seconds_between(
            'windows.month_start_at', 'least(billable_seats.to_at, windows.window_end_at)'
        ) }}
        - {{ seconds_between(
            'windows.month_start_at',
            'greatest(billable_seats.from_at, windows.month_start_at)'
        ) }} as seconds

    from billable_seats

    inner join windows
        on
            billable_seats.from_at < windows.window_end_at
            and billable_seats.to_at > windows.month_start_at

    where billable_seats.billable_seats > 0

),

monthly as (

    select
        account_id,
        month,
        month_end,
        window_seconds,
        is_provisional,
        sum(billable_seats * seconds) as seat_seconds,
        max(billable_seats) as peak_seats,
        sum(case when is_at_end then billable_seats else 0 end) as end_seats

    from spans

    group by account_id, month, month_end, window_seconds, is_provisional

),

-- the terms at the month's start, or the first of the month
first_terms as (

    select
        monthly.account_id,
        monthly.month,
        min(greatest(terms.from_on, monthly.month)) as terms_on,
        min_by(terms.plan_id, terms.from_on) as plan_id

    from monthly

    inner join terms
        on
            monthly.account_id = terms.account_id
            and terms.from_on < monthly.month_end
            and (terms.to_on is null or terms.to_on > monthly.month)

    group by monthly.account_id, monthly.month

),

described as (

    select
        monthly.account_id,
        monthly.month,
        monthly.month_end,
        monthly.is_provisional,
        first_terms.plan_id,
        first_terms.terms_on,
        monthly.window_seconds,
        cast(monthly.seat_seconds as decimal(38, 6)) as seat_seconds,
        cast(monthly.peak_seats as decimal(19, 6)) as peak_seats,
        cast(monthly.end_seats as decimal(19, 6)) as end_seats

    from monthly

    inner join first_terms
        on
            monthly.account_id = first_terms.account_id
            and monthly.month = first_terms.month

)

select * from described
