"""One account: both bills line by line, twelve months, seats."""

from dashboards.data.tables import Row, Table, first, rows
from dashboards.data.warehouse import Snapshot


def names(snapshot: Snapshot) -> dict[str, str]:
    """Account names by id, in order of name."""
    found = snapshot.read("accounts/names")
    return {row["account_id"]: row["account_name"] for row in rows(found)}


def count(snapshot: Snapshot) -> int:
    """How many accounts there are."""
    found = first(snapshot.read("accounts/count"))
    return int(found["accounts"]) if found else 0


def named_like(snapshot: Snapshot, text: str, most: int) -> Table:
    """The first accounts whose name or id contains the text, exact matches first.

    Columns: account_id, account_name, is_it (name or id is the text), found (accounts in all).
    """
    return snapshot.read(
        "accounts/named_like",
        text=text,
        most=most,
    )


def profile(snapshot: Snapshot, account_id: str) -> Row | None:
    """The account's row."""
    return first(
        snapshot.read(
            "accounts/profile",
            account_id=account_id,
        )
    )


def months(snapshot: Snapshot, account_id: str, scenario_id: str) -> list[str]:
    """Anchor months that the account has a bill for, the latest first."""
    found = snapshot.read(
        "accounts/months",
        account_id=account_id,
        scenario_id=scenario_id,
    )
    listed: list[str] = found.column("month").to_pylist()
    return listed


def bill(snapshot: Snapshot, account_id: str, scenario_id: str, month: str) -> Row | None:
    """The whole bill of one month under one model."""
    return first(
        snapshot.read(
            "accounts/bill",
            account_id=account_id,
            scenario_id=scenario_id,
            month=month,
        )
    )


def aligned_lines(snapshot: Snapshot, account_id: str, scenario_id: str, month: str) -> Table:
    """One row per pair of lines with the same cause."""
    return snapshot.read(
        "accounts/aligned_lines",
        account_id=account_id,
        scenario_id=scenario_id,
        month=month,
    )


def history(snapshot: Snapshot, account_id: str, scenario_id: str) -> Table:
    """One row per anchor month of the last twelve closed: both models and the real invoice."""
    return snapshot.read(
        "accounts/history",
        account_id=account_id,
        scenario_id=scenario_id,
    )


def seats(snapshot: Snapshot, account_id: str) -> Table:
    """One row per closed calendar month: billable and active seats."""
    return snapshot.read(
        "accounts/seats",
        account_id=account_id,
    )


def usage(snapshot: Snapshot, account_id: str, meter: str) -> Table:
    """One row per closed calendar month and kind of actor: work of the meter."""
    return snapshot.read(
        "accounts/usage",
        account_id=account_id,
        meter=meter,
    )


def seat_events(snapshot: Snapshot, account_id: str) -> Table:
    """One row per seat event and role, the latest first."""
    return snapshot.read(
        "accounts/seat_events",
        account_id=account_id,
    )


def causes(snapshot: Snapshot, account_id: str, scenario_id: str, month: str) -> list[Row]:
    """The month's difference by cause; the causes add up to the bill's difference."""
    return rows(
        snapshot.read(
            "accounts/causes",
            account_id=account_id,
            scenario_id=scenario_id,
            month=month,
        )
    )
