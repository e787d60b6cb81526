"""Prints verdicts as tables."""

from decimal import Decimal
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

# why a reported verdict differs from today's
REASONS = {
    "code": "another version of seatshift",
    "thresholds": "other thresholds",
    "price_book": "another price book",
    "later_proposal": "a later proposal",
    "segment": "accounts changed segment",
    "restated": "restated figures",
    "windows_ahead": "only the last three months are judged again",
    "later_data": "data that arrived later",
    "unknown": "reason not recorded",
}
LABELS = {
    "hold_data": "HOLD – DATA",
    "review": "REVIEW",
    "not_yet": "NOT YET",
    "migrate": "MIGRATE",
    "pilot": "PILOT",
}


def verdict_table(verdicts: list[dict[str, Any]]) -> Table:
    """Segment, verdict, confidence and reason."""
    table = Table(box=SIMPLE_HEAD, title=f"Verdicts for {verdicts[0]['month']:%B %Y}")
    table.add_column("Segment", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Confidence", no_wrap=True)
    table.add_column("Reason")
    for row in verdicts:
        # names come from the exports: they are text, never markup
        table.add_row(
            Text(row["segment"]),
            LABELS.get(row["verdict"], row["verdict"]),
            row["confidence"],
            Text(" ".join([row["sentence"], *_remedy(row)])),
        )
    return table


def _remedy(row: dict[str, Any]) -> list[str]:
    """What would repair a proposal that breaks a limit, and what that costs, if anything would."""
    first = str(row["flips"] or "").split(" | ")[0]
    return [f"{first[:1].upper()}{first[1:]}."] if "cheapest relief" in first else []


def standing_still_table(standing: list[dict[str, Any]]) -> Table:
    """What staying on today's model is projected to bring, by segment and horizon."""
    table = Table(box=SIMPLE_HEAD, title="Standing still: today's model against the last 12 months")
    table.add_column("Segment", no_wrap=True)
    for column in ("Last 12 months", "Next 12", "Change", "80 %", "Next 24"):
        table.add_column(column, justify="right", no_wrap=True)
    for segment, horizons in groupby(standing, key=lambda row: row["segment"]):
        year, two_years = horizons
        table.add_row(
            Text(segment),
            _amount(year["last_revenue"]),
            _amount(year["next_revenue"]),
            _share(year["change"]),
            f"{_points(year['change_low'])} to {_points(year['change_high'])}"
            if year["change"] is not None
            else "",
            _share(two_years["change"]),
        )
    return table


def _amount(value: Decimal | None) -> str:
    return "not available" if value is None else f"{value:,.0f}".replace("-", "−")


def _share(value: Decimal | None) -> str:
    return "" if value is None else f"{_points(value)} %"


def _points(value: Decimal) -> str:
    return f"{value * 100:+.1f}".replace("-", "−")


def history_table(segment: str, months: list[dict[str, Any]]) -> Table:
    """Month, reported verdict, today's verdict if it differs, and the reason."""
    table = Table(box=SIMPLE_HEAD, title=f"Verdicts for {segment}, as reported")
    table.add_column("Month", no_wrap=True)
    table.add_column("Reported", no_wrap=True)
    table.add_column("Confidence", no_wrap=True)
    table.add_column("Now", no_wrap=True)
    table.add_column("Reason")
    for row in months:
        now = row["recomputed_verdict"]
        changed = row["is_different"] or row["source"] == "not_told"
        table.add_row(
            f"{row['month']:%Y-%m}",
            _reported(row),
            row["confidence"] or "",
            LABELS.get(now, now or "not judged") if changed else "unchanged",
            Text(_why(row)),
        )
    return table


def _reported(row: dict[str, Any]) -> str:
    verdict = row["verdict"]
    if verdict is None:
        return "–"
    mark = " *" if row["source"] == "backfilled" else ""
    return f"{LABELS.get(verdict, verdict)}{mark}"


def _why(row: dict[str, Any]) -> str:
    if row["source"] == "not_told":
        return "never reported; `seatshift backfill` reconstructs it"
    sentence = str(row["sentence"])
    reasons = [part for part in str(row["difference_reasons"] or "").split(", ") if part]
    if not reasons:
        return sentence
    return f"{sentence} Different now: {', '.join(REASONS.get(name, name) for name in reasons)}."
