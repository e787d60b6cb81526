"""A changed price book as files, to view, to send, and to copy to a home's reference folder."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference_rows import Row
from orchestration.platform.errors import RequestError
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import PUBLISHED
from orchestration.whatif.change import Change
from orchestration.whatif.changed_book import changed_book, read_book
from orchestration.whatif.session import opened_place


def save_draft(settings: Settings, changes: Sequence[Change], folder: Path) -> list[Path]:
    """Write every file that the changes affect to a new or empty folder; return their paths.

    Raises RequestError if the folder is not empty: a draft never replaces a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RequestError(f"{folder} is not empty: name a new folder for the draft.")
    with opened_place(settings) as place:
        book, cells = changed_book(read_book(place.connection, PUBLISHED), changes)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in sorted({cell.table for cell in cells}):
        path = folder / f"{table}.csv"
        path.write_bytes(file_bytes(table, book[table]))
        written.append(path)
    return written


def file_bytes(table: str, rows: Sequence[Row]) -> bytes:
    """A file of the price book with these rows, as in a home's reference folder."""
    names = [column.name for column in REFERENCE[table].columns]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row.values[name] or "" for name in names] for row in rows)
    return stream.getvalue().encode("utf-8")


def proposal_files(settings: Settings, scenario_id: str) -> dict[str, bytes]:
    """The published price book's files with only the rows of one proposal, by file name.

    Raises RequestError if the price book has no such proposal.
    """
    with opened_place(settings) as place:
        rows = proposal_rows(read_book(place.connection, PUBLISHED), scenario_id)
    return {f"{table}.csv": file_bytes(table, found) for table, found in rows.items()}


def proposal_rows(book: Tables, scenario_id: str) -> Tables:
    """The rows of a proposal: its own, its plans, their charges and what belongs to them.

    A file without such a row is left out.
    """

    def of(table: str, column: str, values: set[str | None]) -> list[Row]:
        return [row for row in book.get(table, ()) if row.values[column] in values]

    proposal = of("scenarios", "scenario_id", {scenario_id})
    if not proposal:
        raise RequestError(f"The price book has no proposal {scenario_id!r}.")
    plans = {row.values["plan_id"] for row in proposal} - {None}
    charges = of("charges", "plan_id", plans)
    named = {row.values["charge_id"] for row in charges}
    found = {
        "scenarios": proposal,
        "plans": of("plans", "plan_id", plans),
        "charges": charges,
        "tiers": of("tiers", "charge_id", named),
        "rate_tables": of("rate_tables", "plan_id", plans),
        "credit_grants": of("credit_grants", "plan_id", plans),
        "contract_prices": of("contract_prices", "charge_id", named),
    }
    return {table: rows for table, rows in found.items() if rows}
