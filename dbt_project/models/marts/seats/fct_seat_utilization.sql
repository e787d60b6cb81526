with

seat_months as (

    select * from {{ ref('int_seat_months') }}

),

holder_months as (

    select * from {{ ref('int_holder_months') }}

),

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

activity as (

    select * from {{ ref('int_user_activity') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

seat_prices as (

    select * from {{ ref('int_seat_prices') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

quarantine_gaps as (

    select * from {{ ref('int_quarantine_gaps') }}
    where span = 'calendar' and basis = 'activity'

),

held as (

    select
        account_id,
        month,
        sum(case when is_active then seat_seconds else 0 end) as active_seconds,
        sum(case when is_never_active then seat_seconds else 0 end) as never_active_seconds

    from holder_months

    group by account_id, month

),

holders as (

    select
        account_id,
        count(user_id) as holder_count

    from seat_changes

    group by account_id

),

first_activity as (

    select min(activity_date) as first_active_on
    from activity

),

active_accounts as (

    select distinct account_id
    from activity

),

-- people use the product, but no row names them: that is not the same as nobody working
nameless_accounts as (

    select account_id
    from usage_daily
    where
        actor_type <> 'automation'
        and account_id not in (select active_accounts.account_id from active_accounts)

    group by account_id

),

judged as (

    select
        seat_months.account_id,
        seat_months.month,
        seat_months.plan_id,
        seat_months.is_provisional,
        seat_months.window_seconds,
        seat_months.seat_seconds,
        seat_months.peak_seats,
        seat_months.end_seats,
        -- seats corrected away without naming the holder can leave more held than billed
        least(coalesce(held.active_seconds, 0), seat_months.seat_seconds) as active_seconds,
        coalesce(held.never_active_seconds, 0) as never_active_seconds,
        -- no known activity and no readable usage are different facts
        case
            when quarantine_gaps.account_id is not null then 'usage rows are quarantined'
            when first_activity.first_active_on is null then 'usage names no users'
            when nameless_accounts.account_id is not null then 'usage names no users'
            when seat_months.month_end <= first_activity.first_active_on
                then 'usage starts later'
            when holders.holder_count = 0 then 'seats name no holders'
        end as reason

    from seat_months

    cross join first_activity

    left join held
        on
            seat_months.account_id = held.account_id
            and seat_months.month = held.month

    left join holders
        on seat_months.account_id = holders.account_id

    left join quarantine_gaps
        on
            seat_months.account_id = quarantine_gaps.account_id
            and seat_months.month = quarantine_gaps.month

    left join nameless_accounts
        on seat_months.account_id = nameless_accounts.account_id

    where seat_months.seat_seconds > 0

),

averaged as (

    select
        account_id,
        month,
        plan_id,
        is_provisional,
        reason,
        peak_seats,
        end_seats,
        cast({{ ratio('seat_seconds', 'window_seconds') }} as decimal(19, 6)) as billable_seats,
        case
            when reason is null
                then cast({{ ratio('active_seconds', 'window_seconds') }} as decimal(19, 6))
        end as active_seats,
        case
            when reason is null
                then cast({{ ratio('active_seconds', 'seat_seconds') }} as decimal(9, 6))
        end as utilization,
        case
            when reason is null
                then
                    cast(
                        {{ ratio(
                            'least(never_active_seconds, seat_seconds - active_seconds)',
                            'window_seconds'
                        ) }} as decimal(19, 6)
                    )
        end as never_active_seats

    from judged

),

priced as (

    select
        averaged.*,
        accounts.segment,
        coalesce(seat_prices.currency, accounts.currency) as currency,
        seat_prices.monthly_price,
        averaged.billable_seats - averaged.active_seats as idle_seats,
        month_rates.rate,
        currencies.minor_units

    from averaged

    inner join accounts
        on averaged.account_id = accounts.account_id

    left join seat_prices
        on
            averaged.account_id = seat_prices.account_id
            and averaged.month = seat_prices.month

    left join month_rates
        on
            seat_prices.currency = month_rates.currency
            and averaged.month = month_rates.month

    left join currencies
        on seat_prices.currency = currencies.currency

),

-- idle seats times the price of a seat and month; exact until the one rounding
costed as (

    select
        priced.*,
        {{ seats_price('idle_seats', 'monthly_price') }} as exact_idle_amount

    from priced

),

converted as (

    select
        costed.*,
        {{ converted('exact_idle_amount', 'rate') }} as converted_amount

    from costed

),

described as (

    select
        account_id,
        month,
        segment,
        plan_id,
        currency,
        billable_seats,
        active_seats,
        utilization,
        cast(idle_seats as decimal(19, 6)) as idle_seats,
        never_active_seats,
        cast(monthly_price as decimal(38, 12)) as seat_price,
        {{ round_money('exact_idle_amount', 'minor_units') }} as idle_amount,
        {{ rounded_amount('converted_amount') }} as idle_amount_reporting,
        peak_seats,
        end_seats,
        is_provisional,
        reason

    from converted

)

select * from described
