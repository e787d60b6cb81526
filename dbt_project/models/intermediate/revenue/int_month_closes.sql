with

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

thresholds as (

    select * from {{ ref('stg_thresholds') }}
    where name = 'close_grace_days' and segment is null

),

settings as (

    select
        *,
        {{ local_day('as_of', 'time_zone') }} as as_of_on

    from {{ ref('stg_settings') }}

),

-- a month closes some days after its end; by default at its end
grace as (

    select
        coalesce(
            cast(
                max_by(
                    thresholds.fires_at, coalesce(thresholds.valid_from, date '0001-01-01')
                ) as integer
            ),
            0
        ) as grace_days

    from thresholds

    inner join settings
        on
            thresholds.valid_from is null
            or cast(thresholds.valid_from as timestamp)
            < {{ local_time('settings.as_of', 'settings.time_zone') }}

),

-- a month that is not over is measured at the as-of
closes as (

    select
        calendar_months.month,
        calendar_months.month_index,
        least({{ add_days('calendar_months.month_end', '-1') }}, settings.as_of_on)
            as measured_on,
        {{ add_days('calendar_months.month', '-1') }} as previous_measured_on,
        {{ utc_time(
            add_days('calendar_months.month_end', 'grace.grace_days'), 'settings.time_zone'
        ) }} as closed_at,
        calendar_months.is_provisional

    from calendar_months

    cross join settings

    cross join grace

)

select * from closes
