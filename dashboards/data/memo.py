"""The memo's figures: what each proposal brings in money, the best mix, the bridge, the six."""

from dashboards.data.facts import sliced
from dashboards.data.tables import Row, Table, rows
from dashboards.data.warehouse import Snapshot

# what a board asks of the health of a business while its pricing changes, in this order
SIX = (
    "arpu",
    "expansion_rate",
    "nrr_12m",
    "automation_share",
    "billing_tickets_per_100_accounts",
    "gross_margin",
)


def moves(snapshot: Snapshot) -> Table:
    """One row per segment and proposal, `all` last: its gain a year, limits and first bills."""
    return snapshot.read("memo/moves")


def best_mix(snapshot: Snapshot) -> Table:
    """One row per segment, `all` (the whole mix) last: where it moves and what that gains."""
    return snapshot.read("memo/best_mix")


def bridge(snapshot: Snapshot, segment: str, scenario_id: str) -> list[Row]:
    """The steps from last year's revenue to next year's, in order, in the reporting currency."""
    return rows(snapshot.read("memo/bridge", segment=segment, scenario_id=scenario_id))


def customers(snapshot: Snapshot, segment: str, scenario_id: str) -> Table:
    """One row per account that the proposal could move, the largest rise first."""
    return snapshot.read("memo/customers", segment=segment, scenario_id=scenario_id)


def six(snapshot: Snapshot, segment: str, since: str | None) -> Table:
    """One row per metric of the latest closed month, with its last 12 values as `trend`.

    `change` is since the last month that was closed on the day `since` (2026-11-10); if it is None,
    since a year before.
    """
    return snapshot.read("memo/six", in_order=list(SIX), since=since, **sliced(segment))
