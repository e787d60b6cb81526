with

exchange_rates as (

    select * from {{ ref('stg_exchange_rates') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- the last rate that came into force before the month was over, and before the as-of
in_force as (

    select
        exchange_rates.currency,
        calendar_months.month,
        max_by(exchange_rates.rate, exchange_rates.valid_from) as rate

    from exchange_rates

    inner join calendar_months
        on exchange_rates.valid_from < calendar_months.month_end

    inner join settings
        on
            exchange_rates.currency <> settings.reporting_currency
            and cast(exchange_rates.valid_from as timestamp)
            < {{ local_time('settings.as_of', 'settings.time_zone') }}

    group by exchange_rates.currency, calendar_months.month

),

-- the reporting currency needs no quote, and a quote for it is ignored
own as (

    select
        settings.reporting_currency as currency,
        calendar_months.month,
        cast(1 as decimal(18, 9)) as rate

    from calendar_months

    cross join settings

),

all_rates as (

    select
        currency,
        month,
        cast(rate as decimal(18, 9)) as rate

    from in_force

    union all

    select
        currency,
        month,
        rate

    from own

)

select * from all_rates
