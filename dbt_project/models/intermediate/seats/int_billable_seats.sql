with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

terms as (

    select * from {{ ref('int_seat_terms') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

spans as (

    select
        terms.account_id,
        terms.seats_committed,
        terms.billable_roles,
        terms.bill_suspended,
        {{ utc_time('terms.from_on', 'settings.time_zone') }} as span_from_at,
        coalesce(
            {{ utc_time('terms.to_on', 'settings.time_zone') }}, settings.as_of
        ) as span_to_at

    from terms

    cross join settings

),

-- changes at the same moment count together, so their order cannot create a false peak
moments as (

    select
        account_id,
        role,
        effective_at,
        sum(assigned_change) as assigned_change,
        sum(suspended_change) as suspended_change

    from seat_changes

    group by account_id, role, effective_at

),

role_states as (

    select
        account_id,
        role,
        effective_at,
        sum(assigned_change) over (
            partition by account_id, role
            order by effective_at asc
        ) as assigned,
        sum(suspended_change) over (
            partition by account_id, role
            order by effective_at asc
        ) as suspended

    from moments

),

-- each state under the span's terms; the state before the span is its opening
role_billable as (

    select
        spans.account_id,
        spans.span_from_at,
        spans.span_to_at,
        spans.seats_committed,
        role_states.role,
        greatest(role_states.effective_at, spans.span_from_at) as from_at,
        role_states.effective_at,
        {{ billable_quantity(
            'role_states.assigned', 'role_states.suspended', 'spans.bill_suspended'
        ) }} as quantity

    from spans

    inner join role_states
        on
            spans.account_id = role_states.account_id
            and role_states.effective_at < spans.span_to_at
            and {{ is_billable_role('spans.billable_roles', 'role_states.role') }}

    where spans.span_from_at < spans.span_to_at

),

role_deltas as (

    select
        account_id,
        span_from_at,
        from_at,
        quantity - coalesce(
            lag(quantity) over (
                partition by account_id, span_from_at, role
                order by effective_at asc
            ),
            0
        ) as delta

    from role_billable

),

-- a span without a seat still owes its commitment
deltas as (

    select
        account_id,
        span_from_at,
        from_at,
        delta

    from role_deltas

    union all

    select
        account_id,
        span_from_at,
        span_from_at as from_at,
        0 as delta

    from spans

    where span_from_at < span_to_at

),

steps as (

    select
        account_id,
        span_from_at,
        from_at,
        sum(delta) as delta

    from deltas

    group by account_id, span_from_at, from_at

),

running as (

    select
        account_id,
        span_from_at,
        from_at,
        sum(delta) over (
            partition by account_id, span_from_at
            order by from_at asc
        ) as held_seats,
        lead(from_at) over (
            partition by account_id, span_from_at
            order by from_at asc
        ) as next_at

    from steps

),

described as (

    select
        running.account_id,
        running.from_at,
        coalesce(running.next_at, spans.span_to_at) as to_at,
        cast(running.held_seats as decimal(19, 6)) as held_seats,
        cast(greatest(running.held_seats, spans.seats_committed) as decimal(19, 6))
            as billable_seats

    from running

    inner join spans
        on
            running.account_id = spans.account_id
            and running.span_from_at = spans.span_from_at

)

select * from described
