with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

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

-- few months have late changes; only those are counted twice, with and without them
role_levels as (

    select
        late.account_id,
        late.month,
        late.first_late_at,
        terms.from_on,
        terms.seats_committed,
        terms.bill_suspended,
        seat_changes.role,
        sum(seat_changes.assigned_change) as assigned_now,
        sum(seat_changes.suspended_change) as suspended_now,
        sum(
            case
                when seat_changes.recorded_at < late.closed_at
                    then seat_changes.assigned_change
                else 0
            end
        ) as assigned_at_close,
        sum(
            case
                when seat_changes.recorded_at < late.closed_at
                    then seat_changes.suspended_change
                else 0
            end
        ) as suspended_at_close

    from late

    inner join terms
        on
            late.account_id = terms.account_id
            and terms.from_on <= late.measured_on
            and (terms.to_on is null or terms.to_on > late.measured_on)

    inner join seat_changes
        on
            late.account_id = seat_changes.account_id
            and seat_changes.effective_at < late.month_end_at
            and {{ is_billable_role('terms.billable_roles', 'seat_changes.role') }}

    group by
        late.account_id,
        late.month,
        late.first_late_at,
        terms.from_on,
        terms.seats_committed,
        terms.bill_suspended,
        seat_changes.role

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
