with

movements as (

    select * from {{ ref('fct_mrr_movements') }}
    where not is_provisional

),

moved_accounts as (

    select * from {{ ref('int_moved_accounts') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

seat_months as (

    select * from {{ ref('int_seat_months') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select
        segment,
        max(case when name = 'plan_size_medium' then fires_at end) as medium_seats,
        max(case when name = 'plan_size_large' then fires_at end) as large_seats,
        max(case when name = 'small_cell_accounts' then fires_at end) as least_accounts

    from thresholds

    group by segment

),

per_seat as (

    select account_id
    from contracts
    where plan_family = 'per_seat'
    group by account_id

),

-- the account's size at the end of the previous month
sizes as (

    select
        account_id,
        {{ add_months('month', '1') }} as month,
        end_seats

    from seat_months

),

-- an account that moved keeps its size at the move
moved_sizes as (

    select
        moved_accounts.account_id,
        max_by(seat_months.end_seats, seat_months.month) as end_seats

    from moved_accounts

    inner join seat_months
        on
            moved_accounts.account_id = seat_months.account_id
            and moved_accounts.moved_month > seat_months.month

    group by moved_accounts.account_id

),

monthly as (

    select
        account_id,
        month,
        version,
        sum(opening_reporting) as opening,
        sum(churn_reporting) as churn,
        sum(contraction_reporting) as contraction,
        sum(closing_reporting) as closing

    from movements

    group by account_id, month, version

),

phased as (

    select
        monthly.account_id,
        accounts.segment,
        monthly.version,
        case
            when moved_accounts.account_id is null then 'stayed'
            when monthly.month < moved_accounts.moved_month then 'before'
            else 'after'
        end as phase,
        case
            when moved_accounts.account_id is null then sizes.end_seats
            else moved_sizes.end_seats
        end as seats,
        monthly.opening,
        monthly.churn,
        monthly.contraction,
        case when monthly.churn < 0 and monthly.closing <= 0 then 1 else 0 end as has_churned

    from monthly

    inner join per_seat
        on monthly.account_id = per_seat.account_id

    inner join accounts
        on monthly.account_id = accounts.account_id

    left join moved_accounts
        on monthly.account_id = moved_accounts.account_id

    left join moved_sizes
        on monthly.account_id = moved_sizes.account_id

    left join sizes
        on
            monthly.account_id = sizes.account_id
            and monthly.month = sizes.month

    where monthly.opening > 0

),

sized as (

    select
        phased.*,
        case
            when phased.seats is null then 'unknown'
            when phased.seats < limits.medium_seats then 'small'
            when phased.seats < limits.large_seats then 'medium'
            else 'large'
        end as plan_size

    from phased

    inner join limits
        on phased.segment = limits.segment

),

plan_sizes as (

    select 'all' as plan_size

    union all

    select 'small' as plan_size

    union all

    select 'medium' as plan_size

    union all

    select 'large' as plan_size

    union all

    select 'unknown' as plan_size

),

phases as (

    select 'before' as phase

    union all

    select 'after' as phase

    union all

    select 'stayed' as phase

),

versions as (

    select 'subscription' as version

    union all

    select 'with_usage' as version

),

summed as (

    select
        segments.segment,
        plan_sizes.plan_size,
        sized.phase,
        sized.version,
        count(distinct sized.account_id) as accounts,
        count(*) as account_months,
        sum(sized.has_churned) as churned_accounts,
        sum(sized.opening) as opening,
        sum(sized.churn) as churn,
        sum(sized.contraction) as contraction

    from sized

    inner join segments
        on segments.segment in ('all', sized.segment)

    inner join plan_sizes
        on plan_sizes.plan_size in ('all', sized.plan_size)

    group by segments.segment, plan_sizes.plan_size, sized.phase, sized.version

),

described as (

    select
        segments.segment,
        plan_sizes.plan_size,
        phases.phase,
        versions.version,
        cast(coalesce(summed.accounts, 0) as bigint) as accounts,
        cast(coalesce(summed.account_months, 0) as bigint) as account_months,
        cast(coalesce(summed.churned_accounts, 0) as bigint) as churned_accounts,
        cast(coalesce(summed.opening, 0) as decimal(38, 4)) as mrr_opening,
        cast(coalesce(summed.churn, 0) as decimal(38, 4)) as mrr_churned,
        cast(coalesce(summed.contraction, 0) as decimal(38, 4)) as mrr_contracted,
        {{ ratio('summed.churned_accounts', 'summed.account_months') }} as logo_churn,
        {{ ratio('-summed.churn', 'summed.opening') }} as revenue_churn,
        {{ ratio('-summed.contraction', 'summed.opening') }} as contraction_rate,
        coalesce(coalesce(summed.accounts, 0) < limits.least_accounts, false) as is_small,
        case
            when summed.account_months is not null then null
            when phases.phase = 'stayed' then 'no account on per_seat'
            when not exists (select 1 from moved_accounts) then 'no account has left per_seat'
            else 'no month of such an account'
        end as reason

    from segments

    cross join plan_sizes

    cross join phases

    cross join versions

    inner join limits
        on segments.segment = limits.segment

    left join summed
        on
            segments.segment = summed.segment
            and plan_sizes.plan_size = summed.plan_size
            and phases.phase = summed.phase
            and versions.version = summed.version

)

select * from described
