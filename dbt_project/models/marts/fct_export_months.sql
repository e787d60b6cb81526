with

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

seat_snapshots as (

    select * from {{ ref('stg_seat_snapshots') }}

),

usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

support_tickets as (

    select * from {{ ref('stg_support_tickets') }}

),

survey_responses as (

    select * from {{ ref('stg_survey_responses') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- usage events run to a hundred million rows: they were counted once already
counted as (

    select
        'seat_events' as export,
        {{ month_of(local_time('seat_events.effective_at', 'settings.time_zone')) }} as month,
        count(*) as row_count

    from seat_events

    cross join settings

    group by {{ month_of(local_time('seat_events.effective_at', 'settings.time_zone')) }}

    union all

    select
        'seat_snapshots' as export,
        {{ month_of('snapshot_date') }} as month,
        count(*) as row_count

    from seat_snapshots

    group by {{ month_of('snapshot_date') }}

    union all

    select
        'usage_events' as export,
        month,
        sum(event_count) as row_count

    from usage_monthly

    group by month

    union all

    select
        'invoice_lines' as export,
        {{ month_of(local_time('invoice_lines.issued_at', 'settings.time_zone')) }} as month,
        count(*) as row_count

    from invoice_lines

    cross join settings

    group by {{ month_of(local_time('invoice_lines.issued_at', 'settings.time_zone')) }}

    union all

    select
        'support_tickets' as export,
        {{ month_of(local_time('support_tickets.created_at', 'settings.time_zone')) }} as month,
        count(*) as row_count

    from support_tickets

    cross join settings

    group by {{ month_of(local_time('support_tickets.created_at', 'settings.time_zone')) }}

    union all

    select
        'survey_responses' as export,
        {{ month_of(local_time('survey_responses.responded_at', 'settings.time_zone')) }} as month,
        count(*) as row_count

    from survey_responses

    cross join settings

    group by {{ month_of(local_time('survey_responses.responded_at', 'settings.time_zone')) }}

),

firsts as (

    select
        export,
        min(month) as first_month

    from counted

    group by export

),

-- from the export's own first month on, a month without a row is a month worth asking about
final as (

    select
        firsts.export,
        calendar_months.month,
        cast(coalesce(counted.row_count, 0) as bigint) as row_count,
        calendar_months.is_provisional,
        counted.row_count is null and not calendar_months.is_provisional as is_gap

    from firsts

    inner join calendar_months
        on firsts.first_month <= calendar_months.month

    left join counted
        on
            firsts.export = counted.export
            and calendar_months.month = counted.month

)

select * from final
