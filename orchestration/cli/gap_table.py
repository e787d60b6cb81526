"""Prints the work list below a HOLD – DATA verdict, and on its own."""

from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

FIRST = 5
# rows printed for one entry of the list; `--rows` prints all of a file
ROWS_SHOWN = 3


def print_gaps(
    console: Console, gaps: list[dict[str, Any]], *, command: str, first: int | None = None
) -> None:
    """The entries in order; with `first`, only so many, then the command that shows the rest."""
    shown = gaps[:first]
    table = Table(box=SIMPLE_HEAD, title="What would turn the data into a verdict")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("MRR", justify="right", no_wrap=True)
    table.add_column("Accounts", justify="right", no_wrap=True)
    table.add_column("Segment, plan")
    table.add_column("What to do")
    for gap in shown:
        table.add_row(
            str(gap["gap_rank"]),
            _unlocked(gap),
            f"{gap['accounts']:,}",
            Text(", ".join(filter(None, (gap["segment"], gap["plan_id"])))),
            Text("\n".join([gap["fix"], *_rows(gap)])),
        )
    console.print(table)
    if any(not gap["is_previewed"] for gap in shown):
        console.print("≤: the most that it can unlock; it cannot be tried on the published data.")
    rest = len(gaps) - len(shown)
    if rest or any(gap["row_text"] for gap in shown):
        more = f"The other {rest} and all" if rest else "All"
        console.print(f"{more} rows to write: {command}", markup=False, soft_wrap=True)


def rows_of(gaps: list[dict[str, Any]], file_name: str) -> list[str]:
    """The header and all rows for one file, each once; empty if the list has none for it."""
    found = [gap for gap in gaps if gap["row_text"] and gap["file_name"] == file_name]
    lines = [line for gap in found for line in gap["row_text"].split("\n")]
    return list(dict.fromkeys([*(gap["header"] for gap in found[:1]), *lines]))


def files_with_rows(gaps: list[dict[str, Any]]) -> list[str]:
    """The files that the list has rows for."""
    return sorted({gap["file_name"] for gap in gaps if gap["row_text"]})


def _rows(gap: dict[str, Any]) -> list[str]:
    if not gap["row_text"]:
        return []
    lines = gap["row_text"].split("\n")
    more = len(lines) - ROWS_SHOWN
    ending = [f"… {more:,} more"] if more > 0 else []
    return [f"{gap['file_name']}: {gap['header']}", *lines[:ROWS_SHOWN], *ending]


def _unlocked(gap: dict[str, Any]) -> str:
    amount: Decimal | None = gap["mrr_unlocked"]
    if amount is None:
        return "not available"
    return f"{'' if gap['is_previewed'] else '≤ '}{amount:,.0f}"
