"""What a proposal would bill, in total, by band, by account and by cause."""

from collections.abc import Sequence
from typing import Any

from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, Table, first, rows, table_like
from dashboards.data.warehouse import Snapshot, Source, Tried

BANDS = (
    "<=-50",
    "-50..-25",
    "-25..-10",
    "-10..-2",
    "-2..2",
    "2..10",
    "10..25",
    "25..50",
    ">50",
)


# columns that exist only for published proposals
UNKNOWN_OF_TRIED = ("revenue_change_low", "revenue_change_high", "keeps_limits", "broken_limits")
# what would have been: the window of past bills
PAST = "trailing_12"

# the most proposals shown side by side
MOST_BESIDE = 5


def effect(
    snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE
) -> Row | None:
    """The proposal's effect on the segment over the trailing closed months."""
    return first(compared(snapshot, (scenario_id,), segment, currency))


def tried_effect(
    tried: Tried, measures: Sequence[Row], proposal: Row, segment: str, currency: str = EVERYONE
) -> Row | None:
    """The same row for a what-if; `measures` are its figures by segment."""
    scenario_id = str(proposal["scenario_id"])
    if currency != EVERYONE:
        return first(compared(tried, (scenario_id,), segment, currency))
    for row in measures:
        if (row["scenario_id"], row["segment"], row["window"]) == (scenario_id, segment, PAST):
            return {
                **dict.fromkeys(UNKNOWN_OF_TRIED),
                **row,
                "scenario_name": proposal["scenario_name"],
                "difference_reporting": row["proposed_reporting"] - row["current_reporting"],
            }
    return None


def with_effect(table: Table, effect: Row, name: str) -> Table:
    """The proposals side by side, with one of them replaced by its what-if under this name."""
    listed = [row for row in rows(table) if row["scenario_id"] != effect["scenario_id"]]
    listed.append(
        {column: effect[column] for column in table.column_names} | {"scenario_name": name}
    )
    return table_like(table, sorted(listed, key=_by_change))


def _by_change(row: Row) -> tuple[bool, Any, str]:
    change = row["revenue_change"]
    return (change is None, 0 if change is None else -change, row["scenario_id"])


def compared(
    snapshot: Source, scenario_ids: Sequence[str], segment: str, currency: str = EVERYONE
) -> Table:
    """One row per proposal: both models' totals, who pays less and more, and the shock.

    For one currency these are sums over its accounts; intervals, churn, margin and limits exist
    only for all accounts together.
    """
    if currency == EVERYONE:
        return snapshot.read(
            "shadow/compared",
            scenario_ids=list(scenario_ids),
            segment=segment,
        )
    return snapshot.read(
        "shadow/compared_in_currency",
        currency=currency,
        scenario_ids=list(scenario_ids),
        segment=segment,
    )


def by_month(snapshot: Source, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per closed month of the last twelve: both models' totals."""
    return snapshot.read(
        "shadow/by_month",
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
    )


def bands(snapshot: Source, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per band of change, including empty ones: accounts and their bills.

    The monthly amount is their average current bill over the months compared.
    """
    return snapshot.read(
        "shadow/bands",
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
        bands=list(BANDS),
    )


def without_band(
    snapshot: Source, scenario_id: str, segment: str, currency: str = EVERYONE
) -> Table:
    """One row per reason: accounts whose bills could not be compared."""
    return snapshot.read(
        "shadow/without_band",
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
    )


def movers(
    snapshot: Source,
    scenario_id: str,
    segment: str,
    currency: str = EVERYONE,
    *,
    falls_first: bool = False,
) -> Table:
    """One row per account that both models rate, the largest increase or decrease first."""
    return snapshot.read(
        "shadow/movers",
        currency=currency,
        falls_first=falls_first,
        scenario_id=scenario_id,
        segment=segment,
    )


def causes(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per cause with an amount, the largest decrease first, in the reporting currency."""
    return snapshot.read(
        "shadow/causes",
        scenario_id=scenario_id,
        segment=segment,
    )
