"""Margin, cost to serve, discounts and tickets: by month for a segment, and side by side."""

from datetime import date

from dashboards.data.facts import (
    EVERYONE,
    compared,
    currencies,
    segments,
    sliced,
)
from dashboards.data.tables import Row, Table, having, rows
from dashboards.data.warehouse import Snapshot

METRICS = (
    "gross_margin",
    "cost_to_serve",
    "exposed_share",
    "discount_leakage",
    "unapproved_discount_share",
    "billing_tickets_per_100_accounts",
    "shock_ticket_share",
)
SLICES = ("segment", "region", "plan", "currency")
AS_THEY_WERE = "as-they-were"


def history(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per metric and closed month of the last twelve: its value, and why it is missing."""
    return snapshot.read(
        "economics/history",
        metrics=list(METRICS),
        **sliced(segment, currency),
    )


def latest(months: Table) -> dict[str, Row]:
    """A history's figures of the latest closed month, by metric."""
    return {row["metric"]: row for row in rows(months) if row["is_latest"]}


def by_month(months: Table, metric: str) -> Table:
    """One metric's rows of a history, by month, with the reason if it is missing."""
    return having(months, "metric", metric).select(["month", "value", "accounts", "reason"])


def cost_versions(snapshot: Snapshot) -> list[date]:
    """The days from which each version of the cost table is valid, latest first."""
    found = snapshot.read("economics/cost_versions")
    return [row["rates_from"] for row in rows(found)]


def margins_at(snapshot: Snapshot, segment: str, rates_from: date) -> Table:
    """One row per closed month of the last twelve: margin and cost at one version of the rates.

    as_it_was and cost_as_it_was: at the rates valid in that month.
    """
    return snapshot.read(
        "economics/margins_at",
        rates_from=rates_from.isoformat(),
        segment=segment,
        slice=sliced(segment)["slice"],
    )


def heavy_users(snapshot: Snapshot, segment: str, scenario_id: str) -> Table:
    """Two rows, the accounts that cost most and all others; none if nothing is comparable."""
    return snapshot.read(
        "economics/heavy_users",
        scenario_id=scenario_id,
        segment=segment,
    )


def side_by_side(
    snapshot: Snapshot, slice_name: str, segment: str = EVERYONE, currency: str = EVERYONE
) -> Table:
    """One row per slice value of the latest closed month, with every metric; all accounts last.

    Segments can be narrowed to one currency, and currencies to one segment; regions and plans are
    published only for all segments and currencies together.
    """
    return snapshot.read(
        "economics/side_by_side",
        metrics=list(METRICS),
        **compared(_side_by_side(snapshot, slice_name, segment, currency)),
    )


def _side_by_side(
    snapshot: Snapshot, slice_name: str, segment: str, currency: str
) -> dict[str, dict[str, str]]:
    """The slice values by name; all accounts together are `all`."""
    if slice_name == "segment":
        return {name: sliced(name, currency) for name in segments(snapshot)}
    if slice_name == "currency":
        return {name: sliced(segment, name) for name in currencies(snapshot)}
    found = snapshot.read(
        "economics/slice_values",
        slice=slice_name,
    )
    own = sorted(str(row["slice_value"]) for row in rows(found))
    return {
        EVERYONE: sliced(),
        **{name: {"slice": slice_name, "slice_value": name} for name in own},
    }


def meter_costs(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per closed month of the last twelve and meter.

    No cost if any part of it is unknown.
    """
    return snapshot.read(
        "economics/meter_costs",
        currency=currency,
        segment=segment,
    )


def unit_costs(snapshot: Snapshot, segment: str) -> Table:
    """One row per closed month of the last twelve and meter, `all` first: the cost of a unit."""
    return snapshot.read(
        "economics/unit_costs",
        segment=segment,
    )


def unit_costs_by_segment(snapshot: Snapshot) -> Table:
    """One row per segment and meter of the latest closed month, all accounts last."""
    return snapshot.read("economics/unit_costs_by_segment")


def proposals(snapshot: Snapshot, segment: str) -> Table:
    """One row per proposal that covers the segment: its effect on revenue and margin."""
    return snapshot.read(
        "economics/proposals",
        segment=segment,
    )


def accounts(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per account of the latest closed month, the thinnest margin first."""
    return snapshot.read(
        "economics/accounts",
        currency=currency,
        segment=segment,
    )
