-- A returned row is an account and month whose seats by role differ from those of its named
-- holders.
with

role_seats as (

    select * from {{ ref('fct_role_seats') }}

),

holder_months as (

    select * from {{ ref('int_holder_months') }}

),

windows as (

    select * from {{ ref('int_month_windows') }}
    where window_seconds > 0

),

roles as (

    select
        account_id,
        month,
        sum(held_seats) as held_seats,
        count(*) as role_count

    from role_seats

    group by account_id, month

),

holders as (

    select
        account_id,
        month,
        sum(seat_seconds) as seat_seconds

    from holder_months

    group by account_id, month

),

-- each role is rounded to a millionth of a seat
differing as (

    select
        roles.account_id,
        roles.month,
        roles.held_seats,
        holders.seat_seconds

    from roles

    left join holders
        on
            roles.account_id = holders.account_id
            and roles.month = holders.month

    inner join windows
        on roles.month = windows.month

    where
        holders.seat_seconds is null
        or abs(roles.held_seats * windows.window_seconds - holders.seat_seconds)
        > 0.000001 * roles.role_count * windows.window_seconds

)

select * from differing
