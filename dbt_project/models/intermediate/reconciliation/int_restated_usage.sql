with

late_usage as (

    select * from {{ ref('stg_late_usage_events') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- an earlier revision counted while no later one was known
changes as (

    select
        late_usage.account_id,
        month_closes.month,
        late_usage.meter,
        case when late_usage.superseded_at is null then late_usage.quantity else 0 end
            as quantity_now,
        case
            when
                late_usage.recorded_at < month_closes.closed_at
                and (
                    late_usage.superseded_at is null
                    or late_usage.superseded_at >= month_closes.closed_at
                )
                then late_usage.quantity
            else 0
        end as quantity_at_close,
        case
            when late_usage.recorded_at >= month_closes.closed_at then late_usage.recorded_at
            when late_usage.superseded_at >= month_closes.closed_at then late_usage.superseded_at
        end as late_at

    from late_usage

    cross join settings

    inner join month_closes
        on
            {{ month_of(local_day('late_usage.occurred_at', 'settings.time_zone')) }}
            = month_closes.month
            and month_closes.closed_at <= settings.as_of

),

differences as (

    select
        account_id,
        month,
        meter,
        sum(quantity_now) - sum(quantity_at_close) as difference,
        min(late_at) as first_late_at

    from changes

    group by account_id, month, meter

    having sum(quantity_now) <> sum(quantity_at_close)

),

known as (

    select
        account_id,
        {{ month_of('usage_date') }} as month,
        meter,
        sum(quantity) as quantity

    from usage_daily

    group by account_id, {{ month_of('usage_date') }}, meter

),

restated as (

    select
        differences.account_id,
        differences.month,
        differences.meter,
        cast(coalesce(known.quantity, 0) - differences.difference as decimal(38, 6))
            as known_at_close,
        cast(coalesce(known.quantity, 0) as decimal(38, 6)) as known_now,
        differences.first_late_at

    from differences

    left join known
        on
            differences.account_id = known.account_id
            and differences.month = known.month
            and differences.meter = known.meter

)

select * from restated
