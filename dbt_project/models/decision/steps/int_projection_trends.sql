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

usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

wallet as (

    select * from {{ ref('fct_wallet') }}

),

quarantine_gaps as (

    select * from {{ ref('int_quarantine_gaps') }}
    where span = 'calendar' and basis = 'usage'

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
        'seats' as meter,
        'all' as actor_type,
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

-- six months one of which is not known show no trend
unread as (

    select distinct
        settled.account_id,
        quarantine_gaps.meter

    from settled

    inner join quarantine_gaps
        on settled.account_id = quarantine_gaps.account_id

    where
        quarantine_gaps.month <= settled.last_month
        and quarantine_gaps.month >= {{ add_months('settled.last_month', '-5') }}

),

worked as (

    select
        settled.account_id,
        usage_monthly.meter,
        usage_monthly.actor_type,
        {{ months_between('usage_monthly.month', 'settled.last_month') }} as months_ago,
        cast(usage_monthly.quantity as decimal(28, 6)) as quantity

    from settled

    inner join usage_monthly
        on settled.account_id = usage_monthly.account_id

    left join unread
        on
            usage_monthly.account_id = unread.account_id
            and usage_monthly.meter = unread.meter

    where
        usage_monthly.month <= settled.last_month
        and usage_monthly.month >= {{ add_months('settled.last_month', '-5') }}
        and unread.account_id is null

),

-- credits are the account's under one proposal, by its own closed months
drawn as (

    select
        settled.account_id,
        'credits:' || wallet.scenario_id as meter,
        'all' as actor_type,
        cast(
            dense_rank() over (
                partition by wallet.account_id, wallet.scenario_id order by wallet.month desc
            ) - 1 as integer
        ) as months_ago,
        cast(wallet.demand as decimal(28, 6)) as quantity

    from settled

    inner join wallet
        on settled.account_id = wallet.account_id

    where not wallet.is_provisional and wallet.demand is not null

),

measured as (

    select * from seats

    union all

    select * from worked

    union all

    select
        account_id,
        meter,
        'all' as actor_type,
        months_ago,
        quantity

    from worked

    union all

    select * from drawn

    where months_ago < 6

),

halves as (

    select
        account_id,
        meter,
        actor_type,
        sum(case when months_ago < 3 then quantity else 0 end) as recent,
        sum(case when months_ago >= 3 then quantity else 0 end) as earlier

    from measured

    group by account_id, meter, actor_type

),

-- the change of a month, as a share of the mean of the last three
trends as (

    select
        account_id,
        meter,
        actor_type,
        cast(recent as decimal(28, 6)) as recent,
        cast(earlier as decimal(28, 6)) as earlier,
        case when recent > 0 then {{ ratio('recent - earlier', '3 * recent') }} end
            as growth_ratio

    from halves

)

select * from trends
