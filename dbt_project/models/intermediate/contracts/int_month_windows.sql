with

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- of the running month only the part so far is known, which is also its weight
windows as (

    select
        calendar_months.month,
        calendar_months.month_end,
        calendar_months.month_index,
        calendar_months.month_start_at,
        calendar_months.month_end_at,
        least(calendar_months.month_end_at, settings.as_of) as window_end_at,
        {{ seconds_between(
            'calendar_months.month_start_at',
            'least(calendar_months.month_end_at, settings.as_of)'
        ) }} as window_seconds,
        calendar_months.is_provisional

    from calendar_months

    cross join settings

)

select * from windows
