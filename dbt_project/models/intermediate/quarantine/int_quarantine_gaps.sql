with

quarantined_periods as (

    select * from {{ ref('int_quarantined_periods') }}

),

usage_months as (

    select * from {{ ref('int_usage_months') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

seat_snapshots as (

    select * from {{ ref('stg_seat_snapshots') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft') and line_type <> 'tax'

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

limits as (

    select
        segment,
        fires_at as quarantined_share

    from {{ ref('int_thresholds') }}
    where name = 'quarantined_share'

),

periods as (

    select distinct
        account_id,
        span,
        month,
        period_start,
        period_end

    from quarantined_periods

),

-- loaded rows of the same periods, counted in the same way as quarantined ones
used as (

    select
        account_id,
        'anchor' as span,
        month,
        meter,
        actor_type,
        event_count

    from usage_months

    union all

    select
        account_id,
        'calendar' as span,
        {{ month_of('usage_date') }} as month,
        meter,
        actor_type,
        event_count

    from usage_daily

),

used_periods as (

    select
        periods.account_id,
        periods.span,
        periods.month,
        used.meter,
        used.actor_type,
        sum(used.event_count) as row_count

    from periods

    inner join used
        on
            periods.account_id = used.account_id
            and periods.span = used.span
            and periods.month = used.month

    group by periods.account_id, periods.span, periods.month, used.meter, used.actor_type

),

dated as (

    select
        'seat_events' as export,
        seat_events.account_id,
        {{ local_day('seat_events.effective_at', 'settings.time_zone') }} as from_on,
        date '9999-12-31' as before_on

    from seat_events

    cross join settings

    union all

    select
        'seat_snapshots' as export,
        account_id,
        snapshot_date as from_on,
        {{ add_days('snapshot_date', '1') }} as before_on

    from seat_snapshots

    union all

    select
        'invoice_lines' as export,
        account_id,
        period_start as from_on,
        greatest(period_end, {{ add_days('period_start', '1') }}) as before_on

    from invoice_lines

),

loaded as (

    select
        account_id,
        span,
        month,
        'usage_events' as export,
        'usage' as basis,
        meter,
        sum(row_count) as row_count

    from used_periods
    group by account_id, span, month, meter

    union all

    select
        account_id,
        span,
        month,
        'usage_events' as export,
        'activity' as basis,
        cast(null as varchar) as meter,
        sum(row_count) as row_count

    from used_periods
    where actor_type <> 'automation'
    group by account_id, span, month

    union all

    select
        periods.account_id,
        periods.span,
        periods.month,
        dated.export,
        case when dated.export = 'invoice_lines' then 'invoices' else 'seats' end as basis,
        cast(null as varchar) as meter,
        count(*) as row_count

    from periods

    inner join dated
        on
            periods.account_id = dated.account_id
            and periods.period_end > dated.from_on
            and periods.period_start < dated.before_on

    group by periods.account_id, periods.span, periods.month, dated.export

),

compared as (

    select
        quarantined_periods.*,
        cast(coalesce(loaded.row_count, 0) as bigint) as loaded_rows,
        limits.quarantined_share

    from quarantined_periods

    inner join accounts
        on quarantined_periods.account_id = accounts.account_id

    inner join limits
        on accounts.segment = limits.segment

    left join loaded
        on
            quarantined_periods.account_id = loaded.account_id
            and quarantined_periods.span = loaded.span
            and quarantined_periods.month = loaded.month
            and quarantined_periods.export = loaded.export
            and quarantined_periods.basis = loaded.basis
            and quarantined_periods.meter is not distinct from loaded.meter

),

-- loaded invoice lines were invoiced, whatever else was: only a month without any is unknown
missing as (

    select * from compared
    where
        case
            when basis = 'invoices' then loaded_rows = 0
            else quarantined_rows >= quarantined_share * (quarantined_rows + loaded_rows)
        end

),

-- the sentence includes what a reader needs to find the rows
worded as (

    select
        *,
        case basis
            when 'invoices' then 'invoice line'
            when 'seats' then 'seat row'
            else 'usage row'
        end as noun,
        case when quarantined_rows = 1 then 'is' else 'are' end as verb,
        case when quarantined_rows = 1 then 'it' else 'them' end as pronoun,
        case
            when undated_rows = quarantined_rows then ' that may belong to '
            when export = 'seat_events' then ' up to '
            else ' in '
        end as joining,
        case
            when extract(day from period_start) = 1 then {{ month_text('period_start') }}
            else
                concat(
                    'the month from ',
                    cast(extract(day from period_start) as varchar),
                    ' ',
                    {{ month_text('period_start') }}
                )
        end as period_name,
        case
            when undated_rows = 0 then ''
            when undated_rows = quarantined_rows then ' without a readable time'
            else concat(', ', cast(undated_rows as varchar), ' of them without a readable time')
        end as undated_words,
        case
            when first_file = last_file then first_file
            else concat(first_file, ' and other files')
        end as files

    from missing

),

described as (

    select
        account_id,
        span,
        month,
        basis,
        export,
        meter,
        quarantined_rows,
        undated_rows,
        loaded_rows,
        concat(
            case
                when loaded_rows > 0
                    then
                        concat(
                            cast(quarantined_rows as varchar),
                            ' of its ',
                            cast(quarantined_rows + loaded_rows as varchar),
                            ' ',
                            noun,
                            's'
                        )
                when quarantined_rows = 1 then concat('Its only ', noun)
                when quarantined_rows = 2 then concat('Both of its ', noun, 's')
                else concat('All ', cast(quarantined_rows as varchar), ' of its ', noun, 's')
            end,
            case when meter is not null then concat(' for ', meter) else '' end,
            joining,
            period_name,
            ' ',
            verb,
            ' quarantined',
            undated_words,
            ': fix ',
            pronoun,
            ' in ',
            files,
            ' (see Data health).'
        ) as sentence

    from worded

)

select * from described
