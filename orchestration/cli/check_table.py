"""What `seatshift check` prints."""

from collections.abc import Set
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.ingest.check import CheckReport
from orchestration.pipeline.trial import Outlook

# headings short enough for a terminal with 80 columns
COUNTS = {
    "rows_read": "Rows",
    "loaded": "Loaded",
    "revisions": "Revised",
    "duplicates": "Resent",
    "quarantined": "Quarantined",
    "skipped": "Skipped",
}


def check_dict(report: CheckReport) -> dict[str, Any]:
    """The report for scripts."""
    return asdict(report) | {"is_usable": report.is_usable}


def print_check(console: Console, report: CheckReport) -> None:
    """Print counts per file, the first quarantined rows, rejected files and blocking problems."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("File", overflow="fold")
    for heading in COUNTS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for file in report.files:
        table.add_row(Text(file.file_name), *(f"{getattr(file, name):,}" for name in COUNTS))
    console.print(table)
    for row in report.held:
        console.print(
            f"{row.file_name} row {row.row_number}: {row.reason}: {row.sentence}",
            markup=False,
            soft_wrap=True,
        )
    for file in report.files:
        if file.refused_reason is not None:
            console.print(
                f"No row of {file.file_name} would load: {file.refused_reason}",
                markup=False,
                soft_wrap=True,
                style="bold",
            )
    for lost in report.vanished:
        console.print(lost.sentence, markup=False, soft_wrap=True)
    for note in report.notes:
        console.print(note, markup=False, soft_wrap=True)
    reasons = {file.refused_reason for file in report.files if file.refused_reason is not None}
    for problem in report.problems:
        console.print(_shortened(problem, reasons), markup=False, soft_wrap=True, style="bold")
    if report.is_usable:
        console.print("A refresh can use these exports.")


def print_outlook(console: Console, outlook: Outlook) -> None:
    """What a refresh would show, what is missing for it, and how a sample reconciles."""
    sample = outlook.sample
    if sample.reason is not None:
        console.print(
            f"No account was compared with its invoices: {sample.reason}.",
            markup=False,
            soft_wrap=True,
        )
    else:
        causes = ", ".join(
            f"{reason} ({lines:,} lines)" for reason, lines in sample.differences[:3]
        )
        console.print(
            f"{sample.rated} of {sample.accounts} sampled accounts agree with their invoices when "
            f"re-rated; the others would show their invoices."
            + (f" Differences: {causes}." if causes else ""),
            markup=False,
            soft_wrap=True,
        )
    table = Table(box=SIMPLE_HEAD, title="What you will get")
    table.add_column("")
    table.add_column("", no_wrap=True)
    table.add_column("Missing, and how to add it")
    for one in outlook.prospects:
        table.add_row(one.what, "yes" if one.is_available else "no", Text(one.sentence))
    console.print(table)
    console.print("Not tried: the audits, months ahead, and every account beyond the sample.")


def _shortened(problem: str, reasons: Set[str]) -> str:
    """The problem without the reason already printed for the rejected file."""
    for reason in reasons:
        if problem.endswith(f": {reason}"):
            return f"{problem.removesuffix(f': {reason}')}, so a refresh would stop."
    return problem
