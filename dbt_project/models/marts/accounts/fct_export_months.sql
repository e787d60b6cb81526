{# Exports whose rows have a day each, and that day. #}
{% set local = 'settings.time_zone' %}
{% set dated = [
    ('seat_events', local_time('seat_events.effective_at', local)),
    ('seat_snapshots', 'seat_snapshots.snapshot_date'),
    ('invoice_lines', local_time('invoice_lines.issued_at', local)),
    ('support_tickets', local_time('support_tickets.created_at', local)),
    ('survey_responses', local_time('survey_responses.responded_at', local)),
] %}

with

{% for export, day in dated %}
{{ export }} as (

    select * from {{ ref('stg_' ~ export) }}

),

{% endfor %}
usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- there may be a hundred million usage events: they have already been counted once
counted as (

    select
        'usage_events' as export,
        month,
        sum(event_count) as row_count

    from usage_monthly

    group by month

    {% for export, day in dated %}
    union all

    select
        '{{ export }}' as export,
        {{ month_of(day) }} as month,
        count(*) as row_count

    from {{ export }}

    cross join settings

    group by {{ month_of(day) }}

    {% endfor %}
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
