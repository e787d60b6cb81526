with

bill_lines as (

    select * from {{ ref('int_bill_lines') }}
    where scenario_id = 'current' and amount <> 0 and line_kind <> 'discount'

),

charges as (

    select * from {{ ref('stg_charges') }}

),

seat_events as (

    select * from {{ ref('int_seat_events') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- the newest version in force determines it: an invoice has one date for all of a charge's lines;
-- before the first version is in force, the first version does
timings as (

    select
        charges.charge_id,
        coalesce(
            max_by(coalesce(charges.timing, ''), charges.valid_from) filter (
                where cast(charges.valid_from as timestamp)
                < {{ local_time('settings.as_of', 'settings.time_zone') }}
            ),
            min_by(coalesce(charges.timing, ''), charges.valid_from)
        ) as timing

    from charges

    cross join settings

    group by charges.charge_id

),

expected as (

    select
        bill_lines.account_id,
        bill_lines.contract_id,
        case when bill_lines.line_kind = 'cap' then 'minimum' else bill_lines.line_kind end
            as line_kind,
        bill_lines.line_key,
        bill_lines.unit_id,
        bill_lines.charge_id,
        bill_lines.event_id,
        seat_events.event_type,
        seat_events.recorded_at,
        bill_lines.month,
        bill_lines.period_start,
        bill_lines.period_end,
        bill_lines.service_start,
        bill_lines.service_end,
        bill_lines.quantity,
        bill_lines.billable,
        bill_lines.unit_price,
        bill_lines.amount,
        bill_lines.currency,
        -- seats and fees for a part of their period are billed for a share of it
        (
            bill_lines.line_kind in ('seat', 'flat')
            and (
                bill_lines.service_start <> bill_lines.period_start
                or bill_lines.service_end <> bill_lines.period_end
            )
        ) as is_share,
        timings.timing,
        {{ utc_time('bill_lines.service_start', 'settings.time_zone') }} as service_start_at,
        {{ utc_time('bill_lines.service_end', 'settings.time_zone') }} as service_end_at,
        {{ utc_time('bill_lines.period_end', 'settings.time_zone') }} as period_end_at,
        settings.as_of

    from bill_lines

    left join seat_events
        on bill_lines.event_id = seat_events.event_id

    left join timings
        on bill_lines.charge_id = timings.charge_id

    cross join settings

),

-- seats and flat fees are due in advance, unless their charge says otherwise; charges in arrears
-- are due once their period is over
due as (

    select
        expected.*,
        period_end_at <= as_of as is_closed,
        case
            when
                coalesce(timing, '') = 'advance'
                or (line_kind in ('seat', 'flat') and coalesce(timing, '') = '')
                then
                    case
                        when line_kind = 'proration' then period_end_at <= as_of
                        else service_start_at <= as_of
                    end
            -- usage is billed by the anchor month, even under a yearly contract
            when line_kind = 'usage' then service_end_at <= as_of
            else period_end_at <= as_of
        end as is_due

    from expected

)

select * from due
