"""Whether today's figures can be trusted: exports, quarantined rows, reconciliation, restatements.

A source may be `all`; `since` is a day, or None for the beginning.
"""

from datetime import date

from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot


def exports(snapshot: Snapshot, export: str = "all") -> Table:
    """One row per export: what happened to its rows, and the period it covers."""
    return snapshot.read(
        "health/exports",
        export=export,
    )


def month_names(snapshot: Snapshot) -> list[str]:
    """The months of the last twenty-four that exports cover, latest first."""
    found = snapshot.read("health/month_names")
    listed: list[str] = found.column("month").to_pylist()
    return listed


def months(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per export and month of the last twenty-four: its rows."""
    return snapshot.read(
        "health/months",
        export=export,
        since=since,
    )


def gaps(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per export and empty closed month."""
    return snapshot.read(
        "health/gaps",
        export=export,
        since=since,
    )


def quarantined(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per export and reason: quarantined rows, with the message of the first."""
    return snapshot.read(
        "health/quarantined",
        export=export,
        since=since,
    )


def quarantined_rows(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """The first ten thousand quarantined rows, as in their files."""
    return snapshot.read(
        "health/quarantined_rows",
        export=export,
        since=since,
    )


def files(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per file version, refused ones first, then the latest."""
    return snapshot.read(
        "health/files",
        export=export,
        since=since,
    )


def reconciliation(snapshot: Snapshot, since: date | None, currency: str = EVERYONE) -> Table:
    """One row per currency and reason: lines and amounts; `matched` if both sides agree."""
    return snapshot.read(
        "health/reconciliation",
        currency=currency,
        since=since,
    )


def differing_lines(snapshot: Snapshot, since: date | None, currency: str = EVERYONE) -> Table:
    """One row per invoice line that differs from the expected line, the largest first."""
    return snapshot.read(
        "health/differing_lines",
        currency=currency,
        since=since,
    )


def quality(snapshot: Snapshot) -> Table:
    """One row per segment of the last closed month: accuracy, coverage and their basis."""
    return snapshot.read("health/quality")


def restatements(snapshot: Snapshot, since: date | None) -> Table:
    """One row per figure of a closed month that late rows changed, the latest first."""
    return snapshot.read(
        "health/restatements",
        since=since,
    )


def everything(snapshot: Snapshot) -> Row:
    """The counts in the page's answer."""
    return first(snapshot.read("health/everything")) or {}
