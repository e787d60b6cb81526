with

accounts as (

    select * from {{ ref('int_accounts') }}
    where is_active

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

-- an account that joined within the six months has no six months to show
settled as (

    select
        accounts.account_id,
        last_closed.month as last_month

    from accounts

    cross join last_closed

    where accounts.started_on <= {{ add_months('last_closed.month', '-5') }}

),

seats as (

    select
        settled.account_id,
        {{ months_between('utilization.month', 'settled.last_month') }} as months_ago,
        cast(utilization.billable_seats as decimal(28, 6)) as quantity

    from settled

    inner join utilization
        on settled.account_id = utilization.account_id

    where
        utilization.month <= settled.last_month
        and utilization.month >= {{ add_months('settled.last_month', '-5') }}
        and utilization.billable_seats is not null

),

halves as (

    select
        account_id,
        sum(case when months_ago < 3 then quantity else 0 end) as recent,
        sum(case when months_ago >= 3 then quantity else 0 end) as earlier

    from seats

    group by account_id

),

-- the change of a month, as a share of the mean of the last three
trends as (

    select
        account_id,
        cast(recent as decimal(28, 6)) as recent,
        cast(earlier as decimal(28, 6)) as earlier,
        {{ bill_growth('recent', 'earlier') }} as growth_ratio

    from halves

)

select * from trends
