"""Decisions and notes: HOME/decisions.sqlite, to which entries are only ever added.

It cannot be derived again, so it is outside var and not part of a snapshot: a refresh, a rollback
or a new generation does not touch it. Each entry has the verdict that its author saw and the
generation that published it; a note also the page, month and account that it is about.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic, sleep

import pyarrow as pa
from orchestration.homes import decisions
from orchestration.homes.decisions import COLUMNS, ENTRIES, LATER, NAME, PATIENCE_SECONDS, SCHEMA

from dashboards import access
from dashboards.access import Person
from dashboards.data.facts import EVERYONE
from dashboards.data.freshness import now
from dashboards.data.tables import Row, Table, rows
from dashboards.data.warehouse import Snapshot, home, is_pinned
from dashboards.formatting import plural

LONGEST = 2000
DECISION, NOTE = "decision", "note"
# where notes were written before each page had its own
FIRST_PAGE = "decision"
TYPES = pa.schema(
    [
        ("entry_id", pa.int64()),
        ("kind", pa.string()),
        ("written_at", pa.timestamp("us")),
        ("author", pa.string()),
        ("segment", pa.string()),
        ("verdict", pa.string()),
        ("generation", pa.int64()),
        ("data_as_of", pa.timestamp("us")),
        ("text", pa.string()),
        ("expected_outcome", pa.string()),
        ("review_on", pa.date32()),
        ("page", pa.string()),
        ("period", pa.string()),
        ("account_id", pa.string()),
    ]
)


class CannotWrite(Exception):
    """The entry was not saved; the message is one sentence for the reader."""


@dataclass(frozen=True)
class Entry:
    """What a person enters; the rest is filled in. `period` is a month such as 2026-10."""

    segment: str
    text: str
    verdict: str | None = None
    expected_outcome: str | None = None
    review_on: date | None = None
    page: str | None = None
    period: str | None = None
    account_id: str | None = None

    @property
    def kind(self) -> str:
        return NOTE if self.expected_outcome is None and self.review_on is None else DECISION


def record(snapshot: Snapshot, author: Person, entry: Entry) -> None:
    """Save the entry permanently.

    Raises CannotWrite if it is incomplete, too long or cannot be written.
    """
    if is_pinned(snapshot):
        raise CannotWrite(
            f"Nothing was saved: generation {snapshot.generation} is shown read-only. Show the "
            "latest generation first."
        )
    text = _text(entry.text, "What was decided" if entry.kind == DECISION else "The note")
    expected = None
    if entry.kind == DECISION:
        expected = _text(entry.expected_outcome or "", "The expected outcome")
        if entry.review_on is None:
            raise CannotWrite("A decision needs a day on which its outcome is reviewed.")
    if entry.period is not None and not re.fullmatch(r"\d{4}-\d{2}", entry.period):
        raise CannotWrite("The note has no valid month: write one such as 2026-10.")
    values = (
        entry.kind,
        written_moment(now()),
        author.name,
        entry.segment,
        entry.verdict,
        snapshot.generation,
        written_moment(snapshot.as_of),
        text,
        expected,
        entry.review_on.isoformat() if entry.review_on else None,
        entry.page,
        entry.period,
        entry.account_id,
    )
    columns = COLUMNS[ENTRIES][1:]
    try:
        with opened(journal_file()) as connection, connection:
            for column in _lacking(connection):
                connection.execute(f"alter table entries add column {column} text")
            connection.execute(
                f"insert into entries ({', '.join(columns)}) "
                f"values ({', '.join('?' * len(values))})",
                values,
            )
    except (OSError, sqlite3.Error) as error:
        raise CannotWrite(
            f"Nothing was saved: {journal_file().name} cannot be written ({error})."
        ) from None


def entries() -> Table:
    """One row per entry, newest first; its text only for people who may see account names.

    From a damaged file, the entries that can be read: `problem` reports the damage.
    """
    return pa.Table.from_pylist(
        [row for row in map(_typed, reversed(_reading().rows)) if row is not None], schema=TYPES
    )


def problem() -> str | None:
    """What is wrong with the file and what to do, in one sentence; None if it is undamaged."""
    reading = _reading()
    if reading.fault is not None:
        return _sentence(reading.fault, journal_file())
    strange = sum(_typed(row) is None for row in reading.rows)
    if strange:
        return (
            f"{plural(strange, 'row')} of {NAME} cannot be read, because a program other than "
            "seatshift wrote there: restore an earlier copy of the file."
        )
    return None


def notes(page: str, segment: str, account_id: str | None = None) -> list[Row]:
    """A page's notes on a segment, on all accounts or on one account, oldest first."""
    return [
        row
        for row in reversed(rows(entries()))
        if row["kind"] == NOTE
        and (row["page"] or FIRST_PAGE) == page
        and row["account_id"] == account_id
        and (account_id is not None or row["segment"] in (segment, EVERYONE))
    ]


def latest_decision(segment: str) -> Row | None:
    """The latest decision on the segment, or on all segments; None before the first."""
    return next(
        (
            row
            for row in rows(entries())
            if row["kind"] == DECISION and row["segment"] in (segment, EVERYONE)
        ),
        None,
    )


def _lacking(connection: sqlite3.Connection) -> list[str]:
    """Columns that the file does not have yet."""
    there = {str(column[1]) for column in connection.execute("pragma table_info(entries)")}
    return [name for name in LATER if name not in there]


def _sentence(fault: decisions.Fault, file: Path) -> str:
    return fault.sentence(sum(len(decisions.read(file, table).rows) for table in COLUMNS))


def _reading() -> decisions.Reading:
    return decisions.read(journal_file(), ENTRIES)


def _typed(stored: Row) -> Row | None:
    """The entry as pages use it; None if the row is not a valid entry."""
    row = dict(stored)
    try:
        for column in ("written_at", "data_as_of"):
            row[column] = datetime.fromisoformat(str(row[column]))
        if row["review_on"] is not None:
            row["review_on"] = date.fromisoformat(str(row["review_on"]))
        for column in ("text", "expected_outcome"):
            row[column] = access.words(row[column])
        pa.Table.from_pylist([row], schema=TYPES)
    except (ValueError, TypeError, OverflowError, pa.ArrowException):
        return None
    return row


def _text(written: str, name: str) -> str:
    text = written.strip()
    if not text:
        raise CannotWrite(f"{name} is empty.")
    if len(text) > LONGEST:
        raise CannotWrite(f"{name} has {len(text)} characters; at most {LONGEST} are allowed.")
    return text


def written_moment(moment: datetime) -> str:
    """UTC without a zone, to the second, as the other tables have it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")


def journal_file() -> Path:
    """The file with the home's decisions and notes."""
    return home() / NAME


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes to the file, closed at the end; a missing file is created.

    Raises CannotWrite if the file is damaged, which is then left unchanged.
    """
    fault = decisions.look(file)
    if fault is not None and fault.is_damaged:
        raise CannotWrite(f"Nothing was saved: {_sentence(fault, file)}")
    if not file.exists():
        decisions.create(file)
    uri = f"{file.as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=PATIENCE_SECONDS)) as connection:
        # readers never wait for a writer, and an acknowledged write is on disk
        _keep_a_log(connection)
        connection.execute("pragma synchronous = full")
        connection.executescript(SCHEMA)
        yield connection


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Use a write-ahead log if the disk supports it; the file remembers the mode.

    SQLite's busy timeout does not cover this change: if several processes open a new file at once,
    all but one are refused, so they retry.
    """
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or monotonic() > until:
                raise
            sleep(0.01)
        else:
            return
