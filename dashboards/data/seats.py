"""Seat utilization: the segment's rate, and the seats paid for but idle."""

from decimal import Decimal

from dashboards.data.tables import Table, first
from dashboards.data.warehouse import Snapshot


def utilization_by_month(snapshot: Snapshot, segment: str) -> Table:
    """One row per closed month: the utilization of the segment metric, with its interval."""
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


def utilization_by_segment(snapshot: Snapshot) -> Table:
    """One row per segment: utilization of the latest closed month."""
    return snapshot.read(
        """
        select segment, value, low, high, accounts, reason
        from marts.fct_segment_metrics
        where
            metric = 'utilization'
            and month = (select last_closed_month from marts.dim_settings)
        order by segment = 'all', value nulls last, segment
        """
    )


def idle_money(snapshot: Snapshot, segment: str) -> Table:
    """One row per segment: seats and money of the latest closed month, most idle money first."""
    return snapshot.read(
        """
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
            month = (select last_closed_month from marts.dim_settings)
            and (segment = $segment or $segment = 'all')
        group by segment
        order by idle_amount desc nulls last, segment
        """,
        segment=segment,
    )


def distribution(snapshot: Snapshot, segment: str) -> Table:
    """One row per tenth of utilization: accounts and idle money of the latest closed month."""
    return snapshot.read(
        """
        with

        tenths as (

            select
                least(cast(floor(utilization * 10) as integer), 9) as tenth,
                idle_amount_reporting
            from marts.fct_seat_utilization
            where
                month = (select last_closed_month from marts.dim_settings)
                and (segment = $segment or $segment = 'all')
                and utilization is not null

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
        segment=segment,
    )


def accounts_below(snapshot: Snapshot, segment: str, line: Decimal) -> int:
    """Accounts whose utilization of the latest closed month is below the line."""
    found = first(
        snapshot.read(
            """
            select count(*) as accounts
            from marts.fct_seat_utilization
            where
                month = (select last_closed_month from marts.dim_settings)
                and (segment = $segment or $segment = 'all')
                and utilization < $line
            """,
            segment=segment,
            line=line,
        )
    )
    return int(found["accounts"]) if found else 0


def seats_and_work(snapshot: Snapshot, segment: str, meter: str) -> Table:
    """One row per month and actor: work of the value meter, beside the billable seats."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, actor_type, sum(quantity) as quantity
        from marts.fct_usage_monthly
        where
            meter = $meter
            and (segment = $segment or $segment = 'all')
            and not is_provisional
        group by month, actor_type
        order by month, actor_type
        """,
        segment=segment,
        meter=meter,
    )


def seats_by_month(snapshot: Snapshot, segment: str) -> Table:
    """One row per closed month: time-weighted seats, and the money paid for idle ones."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month,
            sum(billable_seats) as billable_seats,
            sum(active_seats) as active_seats,
            sum(never_active_seats) as never_active_seats,
            sum(idle_amount_reporting) as idle_amount
        from marts.fct_seat_utilization
        where (segment = $segment or $segment = 'all') and not is_provisional
        group by month
        order by month
        """,
        segment=segment,
    )


def accounts(snapshot: Snapshot, segment: str) -> Table:
    """One row per account: seats of the latest closed month, most idle money first."""
    return snapshot.read(
        """
        select
            seats.account_id,
            accounts.account_name,
            seats.segment,
            seats.billable_seats,
            seats.active_seats,
            seats.utilization,
            seats.idle_seats,
            seats.never_active_seats,
            seats.idle_amount_reporting,
            accounts.renewal_date,
            seats.reason
        from marts.fct_seat_utilization as seats
        left join marts.dim_accounts as accounts on seats.account_id = accounts.account_id
        where
            seats.month = (select last_closed_month from marts.dim_settings)
            and (seats.segment = $segment or $segment = 'all')
        order by seats.idle_amount_reporting desc nulls last, seats.account_id
        """,
        segment=segment,
    )
