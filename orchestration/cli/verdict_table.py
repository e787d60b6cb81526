"""Prints verdicts as tables."""

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
            Text(row["sentence"]),
        )
    return table


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
