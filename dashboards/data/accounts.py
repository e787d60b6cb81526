"""One account: both bills line by line, twelve months, seats."""

from dashboards.data.tables import Row, Table, first, rows
from dashboards.data.warehouse import Snapshot


def names(snapshot: Snapshot) -> dict[str, str]:
    """Account names by id, in order of name."""
    found = snapshot.read(
        "select account_id, account_name from marts.dim_accounts order by account_name, account_id"
    )
    return {row["account_id"]: row["account_name"] for row in rows(found)}


def count(snapshot: Snapshot) -> int:
    """How many accounts there are."""
    found = first(snapshot.read("select count(*) as accounts from marts.dim_accounts"))
    return int(found["accounts"]) if found else 0


def named_like(snapshot: Snapshot, text: str, most: int) -> Table:
    """The first accounts whose name or id holds the text, those that are it before all others.

    Columns: account_id, account_name, is_it (name or id is the text), found (accounts in all).
    """
    return snapshot.read(
        """
        with

        told as (

            select
                account_id, account_name,
                lower($text) in (lower(account_id), lower(account_name)) as is_it,
                starts_with(lower(account_name), lower($text)) as begins_so
            from marts.dim_accounts
            where
                contains(lower(account_name), lower($text))
                or contains(lower(account_id), lower($text))

        )

        select account_id, account_name, is_it, count(*) over () as found
        from told
        order by is_it desc, begins_so desc, account_name, account_id
        limit $most
        """,
        text=text,
        most=most,
    )


def profile(snapshot: Snapshot, account_id: str) -> Row | None:
    """What is known of the account."""
    return first(
        snapshot.read(
            "select * from marts.dim_accounts where account_id = $account_id",
            account_id=account_id,
        )
    )


def months(snapshot: Snapshot, account_id: str, scenario_id: str) -> list[str]:
    """Anchor months that the account has a bill for, the latest first."""
    found = snapshot.read(
        """
        select strftime(month, '%Y-%m') as month
        from marts.fct_shadow_bills
        where account_id = $account_id and scenario_id = $scenario_id
        order by is_provisional, month desc
        """,
        account_id=account_id,
        scenario_id=scenario_id,
    )
    listed: list[str] = found.column("month").to_pylist()
    return listed


def bill(snapshot: Snapshot, account_id: str, scenario_id: str, month: str) -> Row | None:
    """The whole bill of one month under one model."""
    return first(
        snapshot.read(
            """
            select *
            from marts.fct_shadow_bills
            where
                account_id = $account_id and scenario_id = $scenario_id
                and strftime(month, '%Y-%m') = $month
            """,
            account_id=account_id,
            scenario_id=scenario_id,
            month=month,
        )
    )


def aligned_lines(snapshot: Snapshot, account_id: str, scenario_id: str, month: str) -> Table:
    """One row per pair of lines: lines of the same cause stand beside each other."""
    return snapshot.read(
        """
        with

        lines as (

            select
                *,
                row_number() over (partition by scenario_id, cause order by line_number) as place
            from marts.fct_shadow_bill_lines
            where account_id = $account_id and strftime(month, '%Y-%m') = $month

        ),

        current_lines as (

            select * from lines where scenario_id = 'current'

        ),

        proposed_lines as (

            select * from lines where scenario_id = $scenario_id

        )

        select
            coalesce(current_lines.cause, proposed_lines.cause) as cause,
            current_lines.charge_name as current_line,
            current_lines.amount as current_amount,
            proposed_lines.charge_name as proposed_line,
            proposed_lines.amount as proposed_amount,
            coalesce(proposed_lines.amount, 0) - coalesce(current_lines.amount, 0) as difference,
            current_lines.explanation as current_explanation,
            proposed_lines.explanation as proposed_explanation,
            coalesce(proposed_lines.price_version, current_lines.price_version) as price_version,
            coalesce(proposed_lines.event_id, current_lines.event_id) as event_id
        from current_lines
        full outer join proposed_lines
            on
                current_lines.cause = proposed_lines.cause
                and current_lines.place = proposed_lines.place
        order by coalesce(current_lines.line_number, 100000 + proposed_lines.line_number)
        """,
        account_id=account_id,
        scenario_id=scenario_id,
        month=month,
    )


def history(snapshot: Snapshot, account_id: str, scenario_id: str) -> Table:
    """One row per anchor month of the last twelve closed: both models and the real invoice."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, current_amount, amount as proposed_amount,
            invoiced_amount, difference, difference_ratio
        from marts.fct_shadow_bills
        where
            account_id = $account_id
            and scenario_id = $scenario_id
            and not is_provisional
        order by month desc
        limit 12
        """,
        account_id=account_id,
        scenario_id=scenario_id,
    )


def seats(snapshot: Snapshot, account_id: str) -> Table:
    """One row per closed calendar month: billable and active seats."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, billable_seats, active_seats, utilization
        from marts.fct_seat_utilization
        where account_id = $account_id and not is_provisional
        order by month
        """,
        account_id=account_id,
    )


def usage(snapshot: Snapshot, account_id: str, meter: str) -> Table:
    """One row per closed calendar month and kind of actor: work of the meter."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, actor_type, quantity,
            sum(quantity) over (partition by month) as quantity_of_month
        from marts.fct_usage_monthly
        where account_id = $account_id and meter = $meter and not is_provisional
        order by month, actor_type
        """,
        account_id=account_id,
        meter=meter,
    )


def seat_events(snapshot: Snapshot, account_id: str) -> Table:
    """One row per seat event and role, the latest first."""
    return snapshot.read(
        """
        select
            effective_at, recorded_at, event_type, role, quantity_change, quantity_after,
            suspended_change, event_id, corrects_event_id, source_file, source_row
        from marts.fct_seat_ledger
        where account_id = $account_id
        order by effective_at desc, ledger_id
        limit 500
        """,
        account_id=account_id,
    )


def causes(snapshot: Snapshot, account_id: str, scenario_id: str, month: str) -> list[Row]:
    """The month's difference by cause; the causes add up to the bill's difference."""
    return rows(
        snapshot.read(
            """
            select cause, difference
            from marts.fct_shadow_bill_causes
            where
                account_id = $account_id and scenario_id = $scenario_id
                and strftime(month, '%Y-%m') = $month
            order by abs(difference) desc, cause
            """,
            account_id=account_id,
            scenario_id=scenario_id,
            month=month,
        )
    )
