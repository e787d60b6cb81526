{{ config(materialized='view') }}

with

bill_lines as (

    select * from {{ ref('int_bill_lines') }}
    where line_kind in ('seat', 'proration')

),

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select
        unit_id,
        charge_id,
        window_start,
        window_end,
        seat_rule

    from {{ ref('int_rated_charges') }}

    where meter = 'seats'

),

seat_changes as (

    select * from {{ ref('int_unit_seat_changes') }}
    where event_id is not null

),

seat_levels as (

    select * from {{ ref('int_seat_levels') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

lines as (

    select
        bill_lines.line_key,
        bill_lines.line_kind,
        bill_lines.event_id,
        bill_lines.scenario_id,
        bill_lines.account_id,
        bill_lines.contract_id,
        bill_lines.charge_id,
        bill_lines.unit_id,
        case when bill_lines.scenario_id = 'current' then 'contract' else 'account' end as scope,
        units.proration <> 'none' and units.seat_basis = 'time_weighted' as is_by_change,
        charges.seat_rule,
        {{ utc_time('bill_lines.service_start', 'settings.time_zone') }} as service_start_at,
        {{ utc_time('bill_lines.service_end', 'settings.time_zone') }} as service_end_at

    from bill_lines

    inner join units
        on bill_lines.unit_id = units.unit_id

    inner join charges
        on
            bill_lines.unit_id = charges.unit_id
            and bill_lines.charge_id = charges.charge_id
            -- a new version of the charge may be for another role
            and bill_lines.service_start >= charges.window_start
            and bill_lines.service_start < charges.window_end

    cross join settings

),

changed as (

    select distinct
        line_key,
        scenario_id,
        contract_id,
        charge_id,
        event_id,
        'change' as link

    from lines

    where line_kind = 'proration'

),

-- where a service has one line, whatever happens in it is counted there
counted as (

    select distinct
        lines.line_key,
        lines.scenario_id,
        lines.contract_id,
        lines.charge_id,
        seat_changes.event_id,
        'counted' as link

    from lines

    inner join seat_changes
        on
            lines.unit_id = seat_changes.unit_id
            and lines.seat_rule = seat_changes.seat_rule
            and seat_changes.effective_at > lines.service_start_at
            and seat_changes.effective_at < lines.service_end_at

    where lines.line_kind = 'seat' and not lines.is_by_change

),

-- what no line took up while its period ran is first seen in the seats that the next one opens with
openings as (

    select
        lines.*,
        lag(service_start_at) over (
            partition by scenario_id, account_id, contract_id, charge_id, seat_rule
            order by service_start_at, line_key
        ) as opened_before_at

    from lines
    where line_kind = 'seat'

),

opened as (

    select
        openings.scenario_id,
        openings.contract_id,
        openings.charge_id,
        seat_levels.event_id,
        openings.line_key

    from openings

    inner join seat_levels
        on
            openings.seat_rule = seat_levels.seat_rule
            and openings.scope = seat_levels.scope
            and openings.account_id = seat_levels.account_id
            and openings.contract_id = seat_levels.contract_id
            and openings.service_start_at >= seat_levels.effective_at
            and (
                openings.opened_before_at is null
                or openings.opened_before_at < seat_levels.effective_at
            )

),

in_their_time as (

    select * from changed

    union all

    select * from counted

),

opening as (

    select
        opened.line_key,
        opened.event_id,
        'opening' as link

    from opened

    left join in_their_time
        on
            opened.scenario_id = in_their_time.scenario_id
            and opened.contract_id = in_their_time.contract_id
            and opened.charge_id = in_their_time.charge_id
            and opened.event_id = in_their_time.event_id

    where in_their_time.event_id is null

),

links as (

    select
        line_key,
        event_id,
        link

    from in_their_time

    union all

    select * from opening

)

select * from links
