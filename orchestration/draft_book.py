"""A changed price book as files, to look at, to mail, and to put into a home's reference folder."""

import csv
from collections.abc import Sequence
from pathlib import Path

from orchestration.book_changes import changed_book, read_book
from orchestration.errors import RequestError
from orchestration.ingest.price_book import REFERENCE
from orchestration.settings import Settings
from orchestration.warehouse import PUBLISHED
from orchestration.whatif import opened_snapshot


def save_draft(settings: Settings, wishes: Sequence[str], folder: Path) -> list[Path]:
    """Write every file that the wishes change, whole, into a new or empty folder; their paths.

    RequestError where the folder holds something: a draft never replaces a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RequestError(f"{folder} is not empty: name a new folder for the draft.")
    with opened_snapshot(settings) as (connection, _, _):
        book, changes = changed_book(read_book(connection, PUBLISHED), wishes)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in sorted({change.table for change in changes}):
        names = [column.name for column in REFERENCE[table].columns]
        path = folder / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([row.values[name] or "" for name in names] for row in book[table])
        written.append(path)
    return written
