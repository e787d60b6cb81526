with

settings as (

    select * from {{ ref('stg_settings') }}

),

versions as (

    select * from {{ ref('stg_versions') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

closed as (

    select max(month) as last_closed_month
    from calendar_months
    where not is_provisional

),

described as (

    select
        versions.build_id,
        settings.company_name,
        settings.as_of,
        settings.time_zone,
        settings.reporting_currency,
        settings.value_meter,
        settings.outcome_reopen_hours,
        closed.last_closed_month,
        versions.price_version

    from settings

    cross join versions

    cross join closed

)

select * from described
