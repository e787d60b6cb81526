with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}
    where user_id is not null

),

terms as (

    select * from {{ ref('int_seat_terms') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

moments as (

    select
        account_id,
        user_id,
        role,
        effective_at,
        sum(assigned_change) as assigned_change,
        sum(suspended_change) as suspended_change

    from seat_changes

    group by account_id, user_id, role, effective_at

),

holdings as (

    select
        account_id,
        user_id,
        role,
        effective_at as from_at,
        lead(effective_at) over (
            partition by account_id, user_id, role
            order by effective_at asc
        ) as to_at,
        sum(assigned_change) over (
            partition by account_id, user_id, role
            order by effective_at asc
        ) as assigned,
        sum(suspended_change) over (
            partition by account_id, user_id, role
            order by effective_at asc
        ) as suspended

    from moments

),

-- the terms that make the account's seats billable also apply to the holder's
billable as (

    select
        holdings.account_id,
        holdings.user_id,
        holdings.role,
        terms.from_on as terms_from_on,
        greatest(
            holdings.from_at, {{ utc_time('terms.from_on', 'settings.time_zone') }}
        ) as from_at,
        least(
            coalesce(holdings.to_at, settings.as_of),
            coalesce({{ utc_time('terms.to_on', 'settings.time_zone') }}, settings.as_of)
        ) as to_at,
        {{ billable_quantity(
            'holdings.assigned', 'holdings.suspended', 'terms.bill_suspended'
        ) }} as quantity

    from holdings

    inner join terms
        on
            holdings.account_id = terms.account_id
            and {{ is_billable_role('terms.billable_roles', 'holdings.role') }}

    cross join settings

    where holdings.assigned > 0

),

real as (

    select * from billable
    where quantity > 0 and from_at < to_at

),

-- a holder who gets a seat back after a gap starts a new span
gapped as (

    select
        real.*,
        case
            when
                from_at <= max(to_at) over (
                    partition by account_id, user_id
                    order by from_at asc, to_at asc
                    rows between unbounded preceding and 1 preceding
                )
                then 0
            else 1
        end as is_anew

    from real

),

numbered as (

    select
        gapped.*,
        sum(is_anew) over (
            partition by account_id, user_id
            order by from_at asc, to_at asc
            rows between unbounded preceding and current row
        ) as holding_number

    from gapped

),

described as (

    select
        account_id,
        user_id,
        role,
        terms_from_on,
        from_at,
        to_at,
        min(from_at) over (partition by account_id, user_id, holding_number) as held_since_at,
        cast(quantity as decimal(19, 6)) as quantity

    from numbered

)

select * from described
