"""What every page needs from the snapshot: its settings, segments and proposals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboards.data.tables import Row, first, rows
from dashboards.data.warehouse import Snapshot

EVERYONE = "all"
# verdicts, the ones that call for action first
STRONGEST_FIRST = ("migrate", "pilot", "review", "hold_data", "not_yet")


@dataclass(frozen=True)
class Facts:
    """The one row of dim_settings."""

    company_name: str
    time_zone: str
    currency: str
    value_meter: str
    price_version: str
    last_closed_month: date | None


def facts(snapshot: Snapshot) -> Facts:
    row = first(snapshot.read("facts/facts")) or {}
    return Facts(
        company_name=row.get("company_name", ""),
        time_zone=row.get("time_zone", "UTC"),
        currency=row.get("reporting_currency", ""),
        value_meter=row.get("value_meter", ""),
        price_version=row.get("price_version", ""),
        last_closed_month=row.get("last_closed_month"),
    )


def segments(snapshot: Snapshot) -> list[str]:
    """`all` first, then the segments of the accounts by name."""
    found = snapshot.read(
        "facts/segments",
    )
    return [EVERYONE, *(row["segment"] for row in rows(found))]


def currencies(snapshot: Snapshot) -> list[str]:
    """`all` first, then the currencies that accounts are billed in."""
    found = snapshot.read("facts/currencies")
    return [EVERYONE, *(row["currency"] for row in rows(found))]


def sliced(segment: str = EVERYONE, currency: str = EVERYONE) -> dict[str, str]:
    """The slice of a segment's accounts billed in a currency; either may be all."""
    if currency == EVERYONE:
        return {"slice": EVERYONE if segment == EVERYONE else "segment", "slice_value": segment}
    if segment == EVERYONE:
        return {"slice": "currency", "slice_value": currency}
    return {"slice": "segment_currency", "slice_value": f"{segment} {currency}"}


def compared(slices: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Slices by name as the parameters of the macro compared_slices."""
    return {
        "names": list(slices),
        "slices": [of_slice["slice"] for of_slice in slices.values()],
        "slice_values": [of_slice["slice_value"] for of_slice in slices.values()],
    }


def closed_months(snapshot: Snapshot) -> list[str]:
    """The closed months that have figures, oldest first, written as 2026-10."""
    found = snapshot.read("facts/closed_months")
    return [row["month"] for row in rows(found)]


def scenarios(snapshot: Snapshot) -> list[Row]:
    """The proposals, with scenario_id and scenario_name; pages show the first by default.

    First comes the proposal of the strongest verdict (with the most MRR if several are equally
    strong); then those that keep the limits for all accounts, then those with the most revenue.
    """
    return rows(
        snapshot.read(
            "facts/scenarios",
            in_order=list(STRONGEST_FIRST),
        )
    )


def missing_exports(snapshot: Snapshot) -> list[Row]:
    """Missing exports, with what is used instead."""
    return rows(snapshot.read("facts/missing_exports"))
