with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

seat_events as (  -- noqa: ST03

    select * from {{ ref('int_seat_events') }}

),

terms as (

    select * from {{ ref('int_seat_terms') }}

),

month_closes as (

    select
        int_month_closes.*,
        int_calendar_months.month_end_at

    from {{ ref('int_month_closes') }} as int_month_closes

    inner join {{ ref('int_calendar_months') }} as int_calendar_months
        on int_month_closes.month = int_calendar_months.month

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- a change is late for every month end between its effect and its record
late as (

    select
        seat_changes.account_id,
        month_closes.month,
        month_closes.closed_at,
        month_closes.month_end_at,
        month_closes.measured_on,
        min(seat_changes.recorded_at) as first_late_at

    from seat_changes

    cross join settings

    inner join month_closes
        on
            seat_changes.effective_at < month_closes.month_end_at
            and seat_changes.recorded_at >= month_closes.closed_at
            and month_closes.closed_at <= settings.as_of

    group by
        seat_changes.account_id,
        month_closes.month,
        month_closes.closed_at,
        month_closes.month_end_at,
        month_closes.measured_on

),

late_closes as (  -- noqa: ST03

    select distinct
        account_id,
        closed_at as known_at

    from late

),

known_changes as (

    select * from ({{ seat_changes('seat_events', moments='late_closes', is_before=true) }})

),

-- few months have late changes; only those are calculated twice, as known now and at the close
sides as (

    select
        late.account_id,
        late.month,
        seat_changes.role,
        seat_changes.assigned_change as assigned_now,
        seat_changes.suspended_change as suspended_now,
        cast(0 as decimal(19, 6)) as assigned_at_close,
        cast(0 as decimal(19, 6)) as suspended_at_close

    from late

    inner join seat_changes
        on
            late.account_id = seat_changes.account_id
            and seat_changes.effective_at < late.month_end_at

    union all

    select
        late.account_id,
        late.month,
        known_changes.role,
        cast(0 as decimal(19, 6)) as assigned_now,
        cast(0 as decimal(19, 6)) as suspended_now,
        known_changes.assigned_change as assigned_at_close,
        known_changes.suspended_change as suspended_at_close

    from late

    inner join known_changes
        on
            late.account_id = known_changes.account_id
            and late.closed_at = known_changes.known_at
            and known_changes.effective_at < late.month_end_at

),

role_levels as (

    select
        late.account_id,
        late.month,
        late.first_late_at,
        terms.from_on,
        terms.seats_committed,
        terms.bill_suspended,
        sides.role,
        sum(sides.assigned_now) as assigned_now,
        sum(sides.suspended_now) as suspended_now,
        sum(sides.assigned_at_close) as assigned_at_close,
        sum(sides.suspended_at_close) as suspended_at_close

    from late

    inner join terms
        on
            late.account_id = terms.account_id
            and terms.from_on <= late.measured_on
            and (terms.to_on is null or terms.to_on > late.measured_on)

    inner join sides
        on
            late.account_id = sides.account_id
            and late.month = sides.month
            and {{ is_billable_role('terms.billable_roles', 'sides.role') }}

    group by
        late.account_id,
        late.month,
        late.first_late_at,
        terms.from_on,
        terms.seats_committed,
        terms.bill_suspended,
        sides.role

),

levels as (

    select
        account_id,
        month,
        first_late_at,
        cast(
            greatest(
                sum(
                    {{ billable_quantity(
                        'assigned_at_close', 'suspended_at_close', 'bill_suspended'
                    ) }}
                ),
                seats_committed
            ) as decimal(19, 6)
        ) as known_at_close,
        cast(
            greatest(
                sum({{ billable_quantity('assigned_now', 'suspended_now', 'bill_suspended') }}),
                seats_committed
            ) as decimal(19, 6)
        ) as known_now

    from role_levels

    group by account_id, month, first_late_at, from_on, seats_committed

),

restated as (

    select * from levels
    where known_at_close <> known_now

)

select * from restated
