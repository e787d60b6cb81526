"""The evidence of one generation for auditors: the content of the Data health page as a folder.

A browser downloads one file at a time, so the folder is a ZIP file: a summary to read and sign as
PDF, and every table of the page, with its filters, as CSV.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from dashboards.data.tables import Row, Table, rows, table_of
from dashboards.exports.csv import csv_bytes
from dashboards.exports.pdf import Column, Paper
from dashboards.formatting import (
    NOTHING,
    amount,
    in_file,
    moment,
    month,
    number,
    percent,
    plural,
    words,
)

SUMMARY, MEANINGS = "summary.pdf", "columns.csv"
# a summary should be short: longer tables are complete in their CSV files
MOST_LINES = 25
FILTERED = "Narrowed to"


@dataclass(frozen=True)
class Evidence:
    """What the page shows of one generation; tables by file name."""

    company: str
    as_of: datetime
    generation: int
    published_at: datetime
    build_id: str
    price_version: str
    is_stale: bool
    takeaway: str
    filters: Mapping[str, str]
    figures: Sequence[tuple[str, str, str]]
    tables: Mapping[str, Table]
    meanings: Sequence[tuple[str, str]]

    @property
    def folder(self) -> str:
        return f"seatshift-evidence-{self.as_of:%Y%m%d}-v{self.generation:06d}"


def evidence_zip(evidence: Evidence) -> bytes:
    """The folder; the same generation and filters give the same bytes."""
    files = {SUMMARY: evidence_pdf(evidence)}
    files |= {f"{name}.csv": csv_bytes(table) for name, table in evidence.tables.items()}
    files[MEANINGS] = csv_bytes(
        table_of(
            [{"column": name, "meaning": text} for name, text in evidence.meanings],
            [("column", pa.string()), ("meaning", pa.string())],
        )
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{evidence.folder}/{name}", evidence.as_of.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            folder.writestr(entry, content)
    return buffer.getvalue()


@in_file()
def evidence_pdf(evidence: Evidence) -> bytes:
    """The summary: what was loaded, quarantined, reconciled, checked and restated."""
    paper = Paper(
        f"{evidence.company}: evidence of generation {evidence.generation}",
        (
            f"data as of {moment(evidence.as_of)} UTC{' (stale)' if evidence.is_stale else ''}",
            f"published {moment(evidence.published_at)} UTC",
            f"build {evidence.build_id}",
            f"prices {evidence.price_version}",
        ),
        "Made by seatshift from the company's own exports; each table is complete in its CSV file.",
        evidence.as_of,
    )
    paper.say(evidence.takeaway, 13, bold=True)
    asked = "; ".join(f"{name}: {value}" for name, value in evidence.filters.items())
    if asked:
        paper.say(f"{FILTERED}: {asked}", 8, muted=True)
    for start in range(0, len(evidence.figures), 3):
        paper.figures(evidence.figures[start : start + 3])
    for part in (_sources, _reconciled, _quarantined, _checks, _restated, _generations):
        part(paper, evidence)
    _contents(paper, evidence)
    return paper.file()


def _listed(evidence: Evidence, name: str) -> list[Row]:
    table = evidence.tables.get(name)
    return rows(table.slice(0, MOST_LINES)) if table is not None else []


def _rest(paper: Paper, evidence: Evidence, name: str) -> None:
    left_out = evidence.tables[name].num_rows - MOST_LINES
    if left_out > 0:
        paper.say(f"and {plural(left_out, 'line')} more in {name}.csv", 7.5, muted=True)


def _sources(paper: Paper, evidence: Evidence) -> None:
    listed = _listed(evidence, "sources")
    if not listed:
        return
    paper.heading("Sources: rows read, loaded and quarantined")
    paper.grid(
        (
            Column("Export", 22),
            Column("Latest event (UTC)", 18),
            Column("Empty months", 12, "RIGHT"),
            Column("Rows read", 12, "RIGHT"),
            Column("Loaded", 12, "RIGHT"),
            Column("Quarantined", 14, "RIGHT"),
            Column("Accepted", 14, "RIGHT"),
        ),
        [
            (
                words(row["export"]),
                moment(row["last_at"]) if row["is_present"] else str(row["reason"] or "missing"),
                number(row["gap_months"]),
                number(row["rows_read"]),
                number(row["loaded"]),
                number(row["quarantined"]),
                percent(row["accepted_ratio"], 3),
            )
            for row in listed
        ],
    )
    _rest(paper, evidence, "sources")


def _reconciled(paper: Paper, evidence: Evidence) -> None:
    listed = _listed(evidence, "reconciliation")
    paper.heading("Reconciliation: re-rated bills against the invoices")
    if not listed:
        paper.say("No invoice line could be compared.", 8)
        return
    paper.grid(
        (
            Column("Currency", 12),
            Column("Reason", 24),
            Column("Lines", 12, "RIGHT"),
            Column("Expected", 18, "RIGHT"),
            Column("Invoiced", 18, "RIGHT"),
            Column("Difference", 16, "RIGHT"),
        ),
        [
            (
                row["currency"],
                words(row["reason"]),
                number(row["lines"]),
                amount(row["expected"], row["currency"]),
                amount(row["invoiced"], row["currency"]),
                amount(row["difference"], row["currency"], sign=True),
            )
            for row in listed
        ],
    )
    _rest(paper, evidence, "reconciliation")


def _quarantined(paper: Paper, evidence: Evidence) -> None:
    listed = _listed(evidence, "quarantine-summary")
    if not listed:
        return
    paper.heading("Quarantined rows")
    paper.grid(
        (
            Column("Export", 18),
            Column("Reason", 18),
            Column("Rows", 10, "RIGHT"),
            Column("Example of what was found", 54),
        ),
        [
            (
                words(row["export"]),
                words(row["reason"]),
                number(row["row_count"]),
                row["example"] or NOTHING,
            )
            for row in listed
        ],
    )
    _rest(paper, evidence, "quarantine-summary")


def _checks(paper: Paper, evidence: Evidence) -> None:
    table = evidence.tables.get("checks")
    paper.heading("Checks before publication")
    if table is None:
        paper.say("The evidence of this generation's checks has been deleted.", 8)
        return
    failed = [row for row in rows(table) if row["result"] == "failed"]
    paper.say(
        f"{number(table.num_rows - len(failed))} of {plural(table.num_rows, 'check')} passed; "
        "checks.csv lists all of them.",
        8,
    )
    if failed:
        paper.grid(
            (
                Column("Failed", 26),
                Column("Severity", 12),
                Column("Fails if", 38),
                Column("Found", 24),
            ),
            [
                (row["rule"], row["severity"], row["fails_where"], row["found"] or NOTHING)
                for row in failed[:MOST_LINES]
            ],
        )


def _restated(paper: Paper, evidence: Evidence) -> None:
    listed = _listed(evidence, "restatements")
    paper.heading("Figures of closed months that changed after the close")
    if not listed:
        paper.say("None.", 8)
        return
    paper.grid(
        (
            Column("Account", 28),
            Column("Month", 12),
            Column("Figure", 22),
            Column("At the close", 14, "RIGHT"),
            Column("Now", 12, "RIGHT"),
            Column("Difference", 12, "RIGHT"),
        ),
        [
            (
                row["account_name"] or row["account_id"],
                month(row["month"]),
                f"{words(row['figure'])} ({row['unit']})",
                number(row["known_at_close"], 2),
                number(row["known_now"], 2),
                number(row["difference"], 2, sign=True),
            )
            for row in listed
        ],
    )
    _rest(paper, evidence, "restatements")


def _generations(paper: Paper, evidence: Evidence) -> None:
    listed = _listed(evidence, "generations")
    if not listed:
        return
    paper.heading("Available generations")
    paper.grid(
        (
            Column("Generation", 14, "RIGHT"),
            Column("Data as of (UTC)", 22),
            Column("Published (UTC)", 22),
            Column("Audit", 22),
            Column("Build", 20),
        ),
        [
            (
                str(row["generation"]),
                moment(row["as_of"]),
                moment(row["published_at"]),
                row["audit"],
                row["build"],
            )
            for row in listed
        ],
    )


def _contents(paper: Paper, evidence: Evidence) -> None:
    paper.heading("Contents of this folder")
    paper.grid(
        (Column("File", 40), Column("Rows", 15, "RIGHT")),
        [(f"{name}.csv", number(table.num_rows)) for name, table in evidence.tables.items()]
        + [(MEANINGS, number(len(evidence.meanings)))],
    )
