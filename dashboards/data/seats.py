"""Seat utilization: the segment's rate, and the seats paid for but idle."""

from decimal import Decimal

from dashboards.data.facts import COMPARED, EVERYONE, billed_in, compared, segments, sliced
from dashboards.data.tables import Table, first
from dashboards.data.warehouse import Snapshot

# how long before a month's end an action counts as one: the metric, and the account's own column
WINDOWS = {
    "Month": ("utilization", "utilization"),
    "28 days": ("utilization_28d", "utilization_28d"),
    "7 days": ("utilization_7d", "utilization_7d"),
}
MONTH = "Month"
# points that a chart still tells apart
MOST_POINTS = 5000


def utilization_by_month(
    snapshot: Snapshot, segment: str, window: str = MONTH, currency: str = EVERYONE
) -> Table:
    """One row per closed month: the segment's utilization.

    The whole month has its interval, where it is of all currencies.
    """
    if window == MONTH and currency == EVERYONE:
        return snapshot.read(
            """
            select
                strftime(month, '%Y-%m') as month, value, low, high, numerator, denominator,
                accounts, is_available, reason
            from marts.fct_segment_metrics
            where metric = 'utilization' and segment = $segment and not is_provisional
            order by month
            """,
            segment=segment,
        )
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, value,
            cast(null as decimal(18, 6)) as low, cast(null as decimal(18, 6)) as high,
            numerator, denominator, accounts, is_available, reason
        from marts.fct_slice_metrics
        where
            metric = $metric and slice = $slice and slice_value = $slice_value
            and not is_provisional
        order by month
        """,
        metric=WINDOWS[window][0],
        **sliced(segment, currency),
    )


def utilization_by_segment(
    snapshot: Snapshot, month: str, window: str = MONTH, currency: str = EVERYONE
) -> Table:
    """One row per segment: utilization of a closed month, everybody last."""
    if window == MONTH and currency == EVERYONE:
        return snapshot.read(
            """
            select segment, value, low, high, accounts, reason
            from marts.fct_segment_metrics
            where metric = 'utilization' and month = try_cast($month || '-01' as date)
            order by segment = 'all', value nulls last, segment
            """,
            month=month,
        )
    return snapshot.read(
        f"""
        select
            compared.name as segment, value,
            cast(null as decimal(18, 6)) as low, cast(null as decimal(18, 6)) as high,
            accounts, reason
        from marts.fct_slice_metrics as metrics
        inner join {COMPARED} as compared
            on metrics.slice = compared.slice and metrics.slice_value = compared.slice_value
        where
            metric = $metric
            and month = try_cast($month || '-01' as date)
        order by compared.name = 'all', value nulls last, compared.name
        """,
        metric=WINDOWS[window][0],
        month=month,
        **compared({name: sliced(name, currency) for name in segments(snapshot)}),
    )


def utilization_by_plan(
    snapshot: Snapshot, segment: str, month: str, window: str, currency: str = EVERYONE
) -> Table:
    """One row per plan, the least used first.

    Of a whole month the sums over the segment's accounts; of its last days what the metric says of
    all accounts, as no account's seconds are published: none where one segment or currency is asked
    for.
    """
    if window == MONTH:
        return snapshot.read(
            f"""
            select
                coalesce(plan_id, 'unknown') as plan_id,
                count(*) as accounts,
                sum(billable_seats) as billable_seats,
                sum(active_seats) as active_seats,
                cast(
                    sum(active_seats)
                    / nullif(sum(billable_seats) filter (where reason is null), 0)
                    as decimal(9, 6)
                ) as value,
                any_value(reason) as reason
            from marts.fct_seat_utilization
            where
                month = try_cast($month || '-01' as date)
                and (segment = $segment or $segment = 'all')
                and {billed_in()}
            group by all
            order by value nulls last, plan_id
            """,
            currency=currency,
            month=month,
            segment=segment,
        )
    return snapshot.read(
        """
        select
            slice_value as plan_id, accounts,
            cast(null as decimal(38, 6)) as billable_seats,
            cast(null as decimal(38, 6)) as active_seats,
            value, reason
        from marts.fct_slice_metrics
        where
            metric = $metric and slice = 'plan' and month = try_cast($month || '-01' as date)
            and $segment = 'all' and $currency = 'all'
        order by value nulls last, slice_value
        """,
        currency=currency,
        metric=WINDOWS[window][0],
        month=month,
        segment=segment,
    )


def utilization_by_role(
    snapshot: Snapshot, segment: str, month: str, currency: str = EVERYONE
) -> Table:
    """One row per role, the most seats first: seats of named holders, and how many were used."""
    return snapshot.read(
        f"""
        select
            role,
            count(*) as accounts,
            sum(holders) as holders,
            sum(held_seats) as held_seats,
            sum(active_seats) as active_seats,
            cast(
                sum(active_seats) / nullif(sum(held_seats) filter (where reason is null), 0)
                as decimal(9, 6)
            ) as value,
            any_value(reason) as reason
        from marts.fct_role_seats
        where
            month = try_cast($month || '-01' as date)
            and (segment = $segment or $segment = 'all')
            and {billed_in()}
        group by role
        order by held_seats desc, role
        """,
        currency=currency,
        month=month,
        segment=segment,
    )


def against_automation(
    snapshot: Snapshot,
    segment: str,
    month: str,
    meter: str,
    window: str,
    currency: str = EVERYONE,
) -> Table:
    """One row per account: utilization, and the share of its known work that automation did.

    At most five thousand, those with the most MRR; `accounts` says how many there are.
    """
    return snapshot.read(
        f"""
        with

        work as (

            select
                account_id,
                sum(quantity) filter (where actor_type = 'automation') as automated,
                sum(quantity) filter (where actor_type in ('automation', 'human')) as known
            from marts.fct_usage_monthly
            where meter = $meter and month = try_cast($month || '-01' as date)
            group by account_id

        ),

        paying as (

            select account_id, sum(closing_reporting) as mrr
            from marts.fct_mrr_movements
            where version = 'subscription' and month = try_cast($month || '-01' as date)
            group by account_id

        )

        select
            seats.account_id,
            seats.segment,
            {_own(window)} as utilization,
            cast(coalesce(work.automated, 0) / work.known as decimal(9, 6)) as automation_share,
            seats.billable_seats,
            paying.mrr,
            count(*) over () as accounts
        from marts.fct_seat_utilization as seats
        left join marts.fct_seat_activity as recent
            on seats.account_id = recent.account_id and seats.month = recent.month
        inner join work on seats.account_id = work.account_id
        left join paying on seats.account_id = paying.account_id
        where
            seats.month = try_cast($month || '-01' as date)
            and (seats.segment = $segment or $segment = 'all')
            and {billed_in("seats.account_id")}
            and {_own(window)} is not null
            and work.known > 0
        order by paying.mrr desc nulls last, seats.account_id
        limit {MOST_POINTS}
        """,
        currency=currency,
        meter=meter,
        month=month,
        segment=segment,
    )


def _own(window: str) -> str:
    """The column of an account's utilization, as the queries here name their tables."""
    table = "seats" if window == MONTH else "recent"
    return f"{table}.{WINDOWS[window][1]}"


def idle_money(snapshot: Snapshot, segment: str, month: str, currency: str = EVERYONE) -> Table:
    """One row per segment: seats and money of a closed month, most idle money first."""
    return snapshot.read(
        f"""
        select
            segment,
            count(*) as accounts,
            sum(billable_seats) as billable_seats,
            sum(active_seats) as active_seats,
            sum(idle_seats) as idle_seats,
            sum(never_active_seats) as never_active_seats,
            sum(idle_amount_reporting) as idle_amount
        from marts.fct_seat_utilization
        where
            month = try_cast($month || '-01' as date)
            and (segment = $segment or $segment = 'all')
            and {billed_in()}
        group by segment
        order by idle_amount desc nulls last, segment
        """,
        currency=currency,
        month=month,
        segment=segment,
    )


def distribution(
    snapshot: Snapshot,
    segment: str,
    month: str,
    window: str = MONTH,
    currency: str = EVERYONE,
) -> Table:
    """One row per tenth of utilization: accounts, and their idle money of the closed month."""
    return snapshot.read(
        f"""
        with

        tenths as (

            select
                least(cast(floor({_own(window)} * 10) as integer), 9) as tenth,
                seats.idle_amount_reporting
            from marts.fct_seat_utilization as seats
            left join marts.fct_seat_activity as recent
                on seats.account_id = recent.account_id and seats.month = recent.month
            where
                seats.month = try_cast($month || '-01' as date)
                and (seats.segment = $segment or $segment = 'all')
                and {billed_in("seats.account_id")}
                and {_own(window)} is not null

        )

        select
            range.tenth as tenth,
            range.tenth * 10 || '–' || (range.tenth + 1) * 10 || ' %' as band,
            count(tenths.tenth) as accounts,
            coalesce(sum(tenths.idle_amount_reporting), 0) as idle_amount
        from (select unnest(range(10)) as tenth) as range
        left join tenths on range.tenth = tenths.tenth
        group by range.tenth
        order by range.tenth
        """,
        currency=currency,
        month=month,
        segment=segment,
    )


def accounts_below(
    snapshot: Snapshot, segment: str, month: str, line: Decimal, currency: str = EVERYONE
) -> int:
    """Accounts whose utilization of a closed month is below the line."""
    found = first(
        snapshot.read(
            f"""
            select count(*) as accounts
            from marts.fct_seat_utilization
            where
                month = try_cast($month || '-01' as date)
                and (segment = $segment or $segment = 'all')
                and {billed_in()}
                and utilization < $line
            """,
            currency=currency,
            segment=segment,
            line=line,
            month=month,
        )
    )
    return int(found["accounts"]) if found else 0


def seats_and_work(snapshot: Snapshot, segment: str, meter: str, currency: str = EVERYONE) -> Table:
    """One row per month and actor: work of the value meter, beside the billable seats."""
    return snapshot.read(
        f"""
        select
            strftime(month, '%Y-%m') as month, actor_type, sum(quantity) as quantity
        from marts.fct_usage_monthly
        where
            meter = $meter
            and (segment = $segment or $segment = 'all')
            and {billed_in()}
            and not is_provisional
        group by month, actor_type
        order by month, actor_type
        """,
        currency=currency,
        segment=segment,
        meter=meter,
    )


def seats_by_month(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per closed month: time-weighted seats, and the money paid for idle ones."""
    return snapshot.read(
        f"""
        select
            strftime(month, '%Y-%m') as month,
            sum(billable_seats) as billable_seats,
            sum(active_seats) as active_seats,
            sum(never_active_seats) as never_active_seats,
            sum(idle_amount_reporting) as idle_amount
        from marts.fct_seat_utilization
        where (segment = $segment or $segment = 'all') and not is_provisional
            and {billed_in()}
        group by month
        order by month
        """,
        currency=currency,
        segment=segment,
    )


def accounts(snapshot: Snapshot, segment: str, month: str, currency: str = EVERYONE) -> Table:
    """One row per account: seats of a closed month, most idle money first."""
    return snapshot.read(
        f"""
        select
            seats.account_id,
            accounts.account_name,
            seats.segment,
            seats.billable_seats,
            seats.active_seats,
            seats.utilization,
            recent.utilization_28d,
            recent.utilization_7d,
            seats.idle_seats,
            seats.never_active_seats,
            seats.idle_amount_reporting,
            accounts.renewal_date,
            accounts.account_owner,
            seats.reason
        from marts.fct_seat_utilization as seats
        left join marts.fct_seat_activity as recent
            on seats.account_id = recent.account_id and seats.month = recent.month
        left join marts.dim_accounts as accounts on seats.account_id = accounts.account_id
        where
            seats.month = try_cast($month || '-01' as date)
            and (seats.segment = $segment or $segment = 'all')
            and {billed_in("seats.account_id")}
        order by seats.idle_amount_reporting desc nulls last, seats.account_id
        """,
        currency=currency,
        month=month,
        segment=segment,
    )
