with

matched_lines as (

    select
        *,
        -- an invoice without the line is taken as of the service's start, when seats are due
        coalesce(issued_at, service_start_at) as known_at

    from {{ ref('int_matched_lines') }}
    where
        line_kind = 'seat'
        and unit_id is not null
        and (invoice_id is null or expected_amount <> invoiced_amount)

),

rated_units as (

    select * from {{ ref('int_rated_units') }}
    where scenario_id = 'current'

),

rated_charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'seats'

),

seat_levels as (

    select * from {{ ref('int_seat_levels') }}
    where scope = 'contract'

),

seat_events as (  -- noqa: ST03

    select * from {{ ref('int_seat_events') }}

),

seat_contracts as (

    select * from {{ ref('int_seat_contracts') }}

),

lines as (

    select distinct
        matched_lines.account_id,
        matched_lines.contract_id,
        matched_lines.line_key,
        matched_lines.known_at,
        matched_lines.expected_quantity,
        rated_units.proration <> 'none' and rated_units.seat_basis = 'time_weighted'
            as is_by_change,
        -- seats billed by change are those at the line's start, others are those of the service
        case
            when rated_units.proration <> 'none' and rated_units.seat_basis = 'time_weighted'
                then matched_lines.service_start_at
            else rated_units.service_start_at
        end as service_start_at,
        rated_units.service_end_at,
        rated_units.billable_roles,
        rated_units.bill_suspended,
        rated_units.seat_basis,
        rated_charges.seats_committed,
        rated_charges.role,
        rated_charges.seat_rule

    from matched_lines

    inner join rated_units
        on matched_lines.unit_id = rated_units.unit_id

    inner join rated_charges
        on
            matched_lines.unit_id = rated_charges.unit_id
            and matched_lines.charge_id = rated_charges.charge_id

    -- who was active is known from usage, not from the ledger
    where rated_units.seat_basis <> 'active'

),

-- events that affect the line and became known after its invoice
late as (

    select
        lines.account_id,
        lines.line_key,
        min(case when seat_levels.event_type = 'correction' then 1 else 0 end) = 1
            as is_all_corrections,
        min(seat_levels.event_id) as first_event_id

    from lines

    inner join seat_levels
        on
            lines.seat_rule = seat_levels.seat_rule
            and lines.account_id = seat_levels.account_id
            and lines.contract_id = seat_levels.contract_id
            and seat_levels.effective_at <= greatest(lines.known_at, lines.service_start_at)
            and seat_levels.effective_at < lines.service_end_at
            and seat_levels.recorded_at > lines.known_at

    group by lines.account_id, lines.line_key

),

moments as (  -- noqa: ST03

    select distinct
        lines.account_id,
        lines.known_at

    from lines

    inner join late
        on
            lines.account_id = late.account_id
            and lines.line_key = late.line_key

),

known_changes as (

    select * from ({{ seat_changes('seat_events', moments='moments') }})

),

-- the line's seats from the events recorded by then, counted as they are counted today
counted as (

    select
        lines.account_id,
        lines.line_key,
        known_changes.event_id,
        seat_contracts.effective_at,
        known_changes.recorded_at,
        sum(
            {{ level_change(
                'known_changes.assigned_change',
                'known_changes.suspended_change',
                'lines.bill_suspended'
            ) }}
        ) as level_change

    from lines

    inner join late
        on
            lines.account_id = late.account_id
            and lines.line_key = late.line_key

    inner join known_changes
        on
            lines.account_id = known_changes.account_id
            and lines.known_at = known_changes.known_at
            and {{ is_billable_role('lines.billable_roles', 'known_changes.role') }}
            and (lines.role is null or lines.role = known_changes.role)

    inner join seat_contracts
        on
            known_changes.event_id = seat_contracts.event_id
            and known_changes.role = seat_contracts.role
            and lines.contract_id = seat_contracts.contract_id
            and seat_contracts.effective_at < lines.service_end_at

    group by
        lines.account_id,
        lines.line_key,
        known_changes.event_id,
        seat_contracts.effective_at,
        known_changes.recorded_at

),

-- the opening is the number of seats at the service's start, even if nothing was known
steps as (

    select
        lines.account_id,
        lines.line_key,
        cast(null as varchar) as event_id,
        lines.service_start_at as effective_at,
        cast(null as timestamp) as recorded_at,
        coalesce(sum(counted.level_change), 0) as level_change

    from lines

    inner join late
        on
            lines.account_id = late.account_id
            and lines.line_key = late.line_key

    left join counted
        on
            lines.account_id = counted.account_id
            and lines.line_key = counted.line_key
            and counted.effective_at <= lines.service_start_at

    group by lines.account_id, lines.line_key, lines.service_start_at

    union all

    select
        counted.account_id,
        counted.line_key,
        counted.event_id,
        counted.effective_at,
        counted.recorded_at,
        counted.level_change

    from counted

    inner join lines
        on
            counted.account_id = lines.account_id
            and counted.line_key = lines.line_key
            and counted.effective_at > lines.service_start_at

    where counted.level_change <> 0

),

running as (

    select
        steps.*,
        sum(level_change) over (
            partition by account_id, line_key
            order by effective_at asc, recorded_at asc nulls first, event_id asc nulls first
            rows unbounded preceding
        ) as level_after,
        row_number() over (
            partition by account_id, line_key
            order by effective_at asc, recorded_at asc nulls first, event_id asc nulls first
        ) - 1 as level_number

    from steps

),

-- at least the contract's commitment is billed
billed as (  -- noqa: ST03

    select
        running.account_id,
        running.line_key,
        running.event_id,
        running.level_number,
        lines.seats_committed,
        case
            when running.event_id is null then cast(0 as decimal(38, 6))
            else
                cast(
                    greatest(running.level_after - running.level_change, lines.seats_committed)
                    as decimal(38, 6)
                )
        end as billable_before,
        cast(greatest(running.level_after, lines.seats_committed) as decimal(38, 6))
            as billable_after,
        {{ seconds_between('running.effective_at', 'lines.service_end_at') }} as seconds_left

    from running

    inner join lines
        on
            running.account_id = lines.account_id
            and running.line_key = lines.line_key

),

measured as (

    select * from ({{ seat_measures('billed', ['account_id', 'line_key']) }})

),

described as (

    select
        lines.account_id,
        lines.line_key,
        cast(
            case
                when lines.seat_basis = 'peak' then measured.peak_seats
                when lines.seat_basis = 'end' then measured.end_seats
                when lines.is_by_change or lines.seat_basis = 'start'
                    then measured.opening_seats
                else
                    {{ average_seats(
                        'measured.seat_seconds', 'lines.service_start_at', 'lines.service_end_at'
                    ) }}
            end as decimal(28, 6)
        ) as known_quantity,
        lines.expected_quantity,
        late.is_all_corrections,
        late.first_event_id

    from lines

    inner join late
        on
            lines.account_id = late.account_id
            and lines.line_key = late.line_key

    inner join measured
        on
            lines.account_id = measured.account_id
            and lines.line_key = measured.line_key

),

-- the event may have been known under another id: only a difference in seats explains a difference
restated as (

    select * from described
    where known_quantity <> expected_quantity

)

select * from restated
