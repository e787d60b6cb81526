with

quarantined_rows as (

    select * from {{ ref('stg_quarantined_rows') }}

),

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

charges as (

    select * from {{ ref('stg_charges') }}

),

rate_tables as (

    select * from {{ ref('stg_rate_tables') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select
        *,
        {{ local_day('as_of', 'time_zone') }} as as_of_on

    from {{ ref('stg_settings') }}

),

-- an invoice line belongs to its service; void lines, drafts and tax are not revenue
dated as (

    select
        quarantined_rows.export,
        quarantined_rows.file_name,
        quarantined_rows.account_id,
        quarantined_rows.meter,
        quarantined_rows.file_from,
        quarantined_rows.file_to,
        coalesce(quarantined_rows.actor_type = 'automation', false) as is_automation,
        coalesce(
            case
                when quarantined_rows.export = 'invoice_lines'
                    then quarantined_rows.period_start
            end,
            {{ local_day('quarantined_rows.event_at', 'settings.time_zone') }}
        ) as first_on,
        case
            when quarantined_rows.export = 'invoice_lines'
                then quarantined_rows.period_end
        end as ends_on,
        coalesce(
            {{ local_day('quarantined_rows.known_at', 'settings.time_zone') }},
            settings.as_of_on
        ) as known_on

    from quarantined_rows

    cross join settings

    where
        coalesce(quarantined_rows.status, '') not in ('void', 'draft')
        and coalesce(quarantined_rows.line_type, '') <> 'tax'
        -- an account that exports its seat events needs no snapshots
        and (
            quarantined_rows.export <> 'seat_snapshots'
            or quarantined_rows.account_id not in (select seat_events.account_id from seat_events)
        )

),

-- the days that a row belongs to: a seat exists until another event removes it; a row without a
-- readable time may belong to any day until it became known, in the months of its file's other rows
spread as (

    select
        export,
        file_name,
        account_id,
        meter,
        is_automation,
        first_on is null as is_undated,
        coalesce(first_on, file_from, date '0001-01-01') as from_on,
        case
            when export = 'seat_events' then date '9999-12-31'
            when first_on is null then {{ add_days('least(known_on, file_to)', '1') }}
            when ends_on > first_on then ends_on
            else {{ add_days('first_on', '1') }}
        end as before_on

    from dated

),

summed_up as (

    select
        export,
        account_id,
        meter,
        is_automation,
        is_undated,
        from_on,
        before_on,
        count(*) as row_count,
        min(file_name) as first_file,
        max(file_name) as last_file

    from spread
    group by export, account_id, meter, is_automation, is_undated, from_on, before_on

),

-- a row without a meter may belong to any meter
meters as (

    select meter from usage_daily

    union distinct

    select meter from charges
    where meter not in ('seats', 'flat', 'credits')

    union distinct

    select meter from rate_tables

    union distinct

    select meter from summed_up
    where meter is not null

),

about as (

    select
        summed_up.export,
        summed_up.account_id,
        'usage' as basis,
        summed_up.meter,
        summed_up.is_undated,
        summed_up.from_on,
        summed_up.before_on,
        summed_up.row_count,
        summed_up.first_file,
        summed_up.last_file

    from summed_up

    where summed_up.export = 'usage_events' and summed_up.meter is not null

    union all

    select
        summed_up.export,
        summed_up.account_id,
        'usage' as basis,
        meters.meter,
        summed_up.is_undated,
        summed_up.from_on,
        summed_up.before_on,
        summed_up.row_count,
        summed_up.first_file,
        summed_up.last_file

    from summed_up

    cross join meters

    where summed_up.export = 'usage_events' and summed_up.meter is null

    union all

    -- any work by people shows who acted, whatever its meter
    select
        summed_up.export,
        summed_up.account_id,
        case summed_up.export
            when 'usage_events' then 'activity'
            when 'invoice_lines' then 'invoices'
            else 'seats'
        end as basis,
        cast(null as varchar) as meter,
        summed_up.is_undated,
        summed_up.from_on,
        summed_up.before_on,
        summed_up.row_count,
        summed_up.first_file,
        summed_up.last_file

    from summed_up

    where summed_up.export <> 'usage_events' or not summed_up.is_automation

),

accounts as (

    select distinct account_id from summed_up

),

periods as (

    select
        anchor_months.account_id,
        'anchor' as span,
        anchor_months.month,
        anchor_months.period_start,
        anchor_months.period_end

    from anchor_months

    inner join accounts
        on anchor_months.account_id = accounts.account_id

    union all

    select
        accounts.account_id,
        'calendar' as span,
        calendar_months.month,
        calendar_months.month as period_start,
        calendar_months.month_end as period_end

    from accounts

    cross join calendar_months

),

final as (

    select
        periods.account_id,
        periods.span,
        periods.month,
        periods.period_start,
        periods.period_end,
        about.basis,
        about.export,
        about.meter,
        cast(sum(about.row_count) as bigint) as quarantined_rows,
        cast(sum(case when about.is_undated then about.row_count else 0 end) as bigint)
            as undated_rows,
        min(about.first_file) as first_file,
        max(about.last_file) as last_file

    from periods

    inner join about
        on
            periods.account_id = about.account_id
            and periods.period_end > about.from_on
            and periods.period_start < about.before_on

    group by
        periods.account_id,
        periods.span,
        periods.month,
        periods.period_start,
        periods.period_end,
        about.basis,
        about.export,
        about.meter

)

select * from final
