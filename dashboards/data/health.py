"""Whether today's figures can be trusted: exports, held rows, reconciliation, restatements.

Where a source is asked for, `all` is every one; `since` is a day, and nothing is the beginning.
"""

from datetime import date

from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot


def exports(snapshot: Snapshot, export: str = "all") -> Table:
    """One row per export: what became of its rows, and how far it reaches."""
    return snapshot.read(
        "health/exports",
        export=export,
    )


def month_names(snapshot: Snapshot) -> list[str]:
    """The months that exports tell of, of the last twenty-four, the latest first."""
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
    """One row per export and closed month without a single row."""
    return snapshot.read(
        "health/gaps",
        export=export,
        since=since,
    )


def quarantined(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per export and reason: rows held back, with the first one's sentence."""
    return snapshot.read(
        "health/quarantined",
        export=export,
        since=since,
    )


def held_rows(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per row held back, as it stood in its file; the first ten thousand."""
    return snapshot.read(
        "health/held_rows",
        export=export,
        since=since,
    )


def files(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per file version, the refused first, then the latest."""
    return snapshot.read(
        "health/files",
        export=export,
        since=since,
    )


def reconciliation(snapshot: Snapshot, since: date | None, currency: str = EVERYONE) -> Table:
    """One row per currency and reason: lines and amounts; `matched` where both sides agree."""
    return snapshot.read(
        "health/reconciliation",
        currency=currency,
        since=since,
    )


def differing_lines(snapshot: Snapshot, since: date | None, currency: str = EVERYONE) -> Table:
    """One row per line on which expectation and invoice differ, the largest first."""
    return snapshot.read(
        "health/differing_lines",
        currency=currency,
        since=since,
    )


def quality(snapshot: Snapshot) -> Table:
    """One row per segment of the last closed month: accuracy, coverage and what they rest on."""
    return snapshot.read("health/quality")


def restatements(snapshot: Snapshot, since: date | None) -> Table:
    """One row per figure of a closed month that late rows changed, the latest first."""
    return snapshot.read(
        "health/restatements",
        since=since,
    )


def everything(snapshot: Snapshot) -> Row:
    """The counts behind the page's sentence."""
    return first(snapshot.read("health/everything")) or {}
