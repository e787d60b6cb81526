with

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

recent_seats as (

    select * from {{ ref('int_recent_seats') }}

),

end_seats as (

    select * from {{ ref('int_end_seats') }}

),

user_months as (

    select * from {{ ref('int_user_months') }}
    where active_days > 0

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

limits as (

    select
        segment,
        max(case when name = 'light_user_days' then fires_at end) as light_days,
        max(case when name = 'heavy_user_days' then fires_at end) as heavy_days

    from thresholds

    group by segment

),

recent as (

    select
        account_id,
        month,
        max(case when day_count = 7 then seat_seconds end) as seat_seconds_7,
        max(case when day_count = 7 then active_seconds end) as active_seconds_7,
        max(case when day_count = 28 then seat_seconds end) as seat_seconds_28,
        max(case when day_count = 28 then active_seconds end) as active_seconds_28

    from recent_seats

    group by account_id, month

),

users as (

    select
        user_months.account_id,
        user_months.month,
        count(*) as active_users,
        count(case when user_months.active_days <= limits.light_days then 1 end) as light_users,
        count(case when user_months.active_days >= limits.heavy_days then 1 end) as heavy_users

    from user_months

    inner join accounts
        on user_months.account_id = accounts.account_id

    inner join limits
        on accounts.segment = limits.segment

    group by user_months.account_id, user_months.month

),

-- if a month's activity is unknown, so is that of its last days
joined as (

    select
        utilization.account_id,
        utilization.month,
        utilization.segment,
        accounts.region,
        utilization.plan_id,
        utilization.currency,
        utilization.seat_price,
        utilization.is_provisional,
        utilization.reason,
        month_closes.measured_on,
        month_rates.rate,
        currencies.minor_units,
        end_seats.end_seats,
        {% for days in [7, 28] %}
        case
            when utilization.reason is null
                then {{ ratio('recent.active_seconds_' ~ days, 'recent.seat_seconds_' ~ days) }}
        end as utilization_{{ days }}d,
        {% endfor %}
        case
            when utilization.reason is null
                then
                    ceil(
                        greatest(
                            end_seats.end_seats
                            - end_seats.unheld_seats
                            - end_seats.idle_90_seats,
                            0
                        )
                    )
        end as right_size_seats,
        case when utilization.reason is null then coalesce(users.active_users, 0) end
            as active_users,
        case when utilization.reason is null then coalesce(users.light_users, 0) end
            as light_users,
        case when utilization.reason is null then coalesce(users.heavy_users, 0) end
            as heavy_users

    from utilization

    inner join accounts
        on utilization.account_id = accounts.account_id

    inner join month_closes
        on utilization.month = month_closes.month

    inner join end_seats
        on
            utilization.account_id = end_seats.account_id
            and utilization.month = end_seats.month

    left join recent
        on
            utilization.account_id = recent.account_id
            and utilization.month = recent.month

    left join users
        on
            utilization.account_id = users.account_id
            and utilization.month = users.month

    left join month_rates
        on
            utilization.currency = month_rates.currency
            and utilization.month = month_rates.month

    left join currencies
        on utilization.currency = currencies.currency

),

-- rounding up must not exceed the existing seats
spared as (

    select
        joined.*,
        case
            when right_size_seats is not null
                then cast(greatest(end_seats - right_size_seats, 0) as decimal(19, 6))
        end as surplus_seats

    from joined

),

priced as (

    select
        spared.*,
        {{ seats_price('surplus_seats', 'seat_price') }} as exact_surplus_amount

    from spared

),

converted as (

    select
        priced.*,
        {{ converted('exact_surplus_amount', 'rate') }} as converted_amount

    from priced

),

described as (

    select
        account_id,
        month,
        segment,
        region,
        plan_id,
        currency,
        measured_on,
        utilization_7d,
        utilization_28d,
        cast(end_seats as decimal(19, 6)) as end_seats,
        cast(right_size_seats as decimal(19, 6)) as right_size_seats,
        surplus_seats,
        {{ round_money('exact_surplus_amount', 'minor_units') }} as surplus_amount,
        {{ rounded_amount('converted_amount') }} as surplus_amount_reporting,
        cast(active_users as bigint) as active_users,
        cast(light_users as bigint) as light_users,
        cast(heavy_users as bigint) as heavy_users,
        is_provisional,
        reason,
        case
            when reason is not null then reason
            when seat_price is null then 'no one price of a seat'
            when rate is null then 'no exchange rate in force'
        end as amount_reason

    from converted

)

select * from described
