"""Bills that surprised customers, and bills that would."""

from collections.abc import Sequence
from decimal import Decimal

from dashboards.data.facts import EVERYONE, sliced
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot, Source

INVOICED = "invoiced"


def latest_month(snapshot: Snapshot) -> str | None:
    """The latest month whose invoices are all closed, as 2026-10."""
    row = first(snapshot.read("shock/latest_month"))
    return row["month"] if row else None


def rates(snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per closed month of the last twelve."""
    return snapshot.read(
        "shock/rates",
        scenario_id=scenario_id,
        **sliced(segment, currency),
    )


def by_model(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per model: bills, jumps and shocks of the last twelve closed months."""
    return snapshot.read(
        "shock/by_model",
        **sliced(segment, currency),
    )


def migration(snapshot: Snapshot) -> Table:
    """One row per proposal and segment: share of accounts with migration shock, with interval."""
    return snapshot.read("shock/migration")


def at_risk(
    snapshot: Snapshot,
    scenario_id: str,
    segment: str,
    rise: Decimal | None = None,
    amount: Decimal | None = None,
    currency: str = EVERYONE,
) -> Table:
    """One row per account that the proposal would shock, the largest monthly rise first.

    With a ratio and a monthly amount: instead, the accounts whose bills rise by both.
    """
    return snapshot.read(
        "shock/at_risk",
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
        rise=rise,
        amount=amount,
    )


def reliefs(snapshot: Snapshot, scenario_id: str, segment: str, relief: str) -> Table:
    """One row per level of a kind of relief: who is shocked without and with it, and its cost."""
    return snapshot.read(
        "shock/reliefs",
        scenario_id=scenario_id,
        segment=segment,
        relief=relief,
    )


def own_relief(snapshot: Source, scenario_id: str, segment: str) -> Row:
    """Accounts shocked, and accounts still shocked under the proposal's own grandfathering."""
    return first(
        snapshot.read(
            "shock/own_relief",
            scenario_id=scenario_id,
            segment=segment,
        )
    ) or {"shocked": 0, "shocked_at_first": 0}


def wallets(
    snapshot: Snapshot,
    scenario_id: str,
    segment: str,
    levels: Sequence[Decimal],
    currency: str = EVERYONE,
) -> Table:
    """One row per month of the last six and alert level: accounts, and work beyond their credits.

    levels: shares of the planned credits, ascending. The date of the next alert exists only for the
    configured levels. No rows if the model has no credits.
    """
    return snapshot.read(
        "shock/wallets",
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
        levels=",".join(f"{level:f}" for level in levels),
    )


def has_wallets(snapshot: Snapshot, scenario_id: str) -> bool:
    """Whether the model has credits at all."""
    found = first(
        snapshot.read(
            "shock/has_wallets",
            scenario_id=scenario_id,
        )
    )
    return bool(found and found["has_any"])


def warnings(snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per account whose current month is heading for a jump, the largest increase first."""
    return snapshot.read(
        "shock/warnings",
        currency=currency,
        scenario_id="current" if scenario_id == INVOICED else scenario_id,
        segment=segment,
    )


def rises(snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per jump of the last twelve closed months, the latest and largest first."""
    return snapshot.read(
        "shock/rises",
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
    )


def rate_of(
    snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE
) -> Row | None:
    """Counts and rates of the latest closed month for one segment and currency."""
    return first(
        snapshot.read(
            "shock/rate_of",
            scenario_id=scenario_id,
            **sliced(segment, currency),
        )
    )
