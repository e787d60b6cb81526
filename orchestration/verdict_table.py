"""The verdicts as a table for a terminal."""

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

LABELS = {
    "hold_data": "HOLD – DATA",
    "review": "REVIEW",
    "not_yet": "NOT YET",
    "migrate": "MIGRATE",
    "pilot": "PILOT",
}


def verdict_table(verdicts: list[dict[str, Any]]) -> Table:
    """Segment, verdict, how sure, and one sentence each."""
    table = Table(box=SIMPLE_HEAD, title=f"Verdicts for {verdicts[0]['month']:%B %Y}")
    table.add_column("Segment", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("How sure", no_wrap=True)
    table.add_column("Why")
    for row in verdicts:
        # names come from the exports: they are text, never markup
        table.add_row(
            Text(row["segment"]),
            LABELS.get(row["verdict"], row["verdict"]),
            row["confidence"],
            Text(row["sentence"]),
        )
    return table
