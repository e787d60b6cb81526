with

settings as (

    select * from {{ ref('stg_settings') }}

),

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

-- history starts with the first fact of any required export
firsts as (

    select min(effective_on) as first_on from seat_changes

    union all

    select min(usage_date) as first_on from usage_daily

    union all

    select min(period_start) as first_on from invoice_lines

),

bounds as (

    select
        {{ month_of('min(firsts.first_on)') }} as first_month,
        {{ month_of(local_time('max(settings.as_of)', 'max(settings.time_zone)')) }} as last_month,
        max(settings.as_of) as as_of,
        max(settings.time_zone) as time_zone

    from firsts

    cross join settings

),

-- 4,800 months are 400 years: more than any history
numbers as (

    select span.n
    from ({{ numbers_below(4800) }}) as span

),

months as (

    select
        numbers.n as month_index,
        {{ add_months('bounds.first_month', 'numbers.n') }} as month,
        {{ add_months('bounds.first_month', 'numbers.n + 1') }} as month_end,
        bounds.as_of,
        bounds.time_zone

    from bounds

    inner join numbers
        on numbers.n <= {{ months_between('bounds.first_month', 'bounds.last_month') }}

),

-- at local midnights, so a month with a clock change has its true length
timed as (

    select
        month,
        month_end,
        month_index,
        {{ days_between('month', 'month_end') }} as day_count,
        {{ utc_time('month', 'time_zone') }} as month_start_at,
        {{ utc_time('month_end', 'time_zone') }} as month_end_at,
        as_of

    from months

),

described as (

    select
        month,
        month_end,
        month_index,
        day_count,
        month_start_at,
        month_end_at,
        month_end_at > as_of as is_provisional

    from timed

)

select * from described
