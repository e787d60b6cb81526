"""Reads, checks and repairs HOME/decisions.sqlite, which cannot be rebuilt from other files.

SQLite treats an emptied file as a new one, discards a log that it does not understand and writes
to a file of which it has only seen the first page. So the file is checked before SQLite opens it,
read without being changed, and, if damaged, salvaged from a copy.
"""

import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any, TypeAlias

from orchestration.platform.errors import SeatshiftError
from orchestration.platform.files import sync_folder
from orchestration.platform.private import umask_of

NAME = "decisions.sqlite"
ENTRIES, CHANGES = "entries", "threshold_changes"
# columns that older files lack
LATER = ("page", "period", "account_id")
COLUMNS = {
    ENTRIES: (
        "entry_id",
        "kind",
        "written_at",
        "author",
        "segment",
        "verdict",
        "generation",
        "data_as_of",
        "text",
        "expected_outcome",
        "review_on",
        *LATER,
    ),
    CHANGES: (
        "change_id",
        "changed_at",
        "author",
        "generation",
        "name",
        "segment",
        "valid_from",
        "old_fires_at",
        "old_clears_at",
        "new_fires_at",
        "new_clears_at",
        "why",
    ),
}
SCHEMA = """
create table if not exists entries (
    entry_id integer primary key autoincrement,
    kind text not null check (kind in ('decision', 'note')),
    written_at text not null,
    author text not null,
    segment text not null,
    verdict text,
    generation integer not null,
    data_as_of text not null,
    text text not null check (length(text) between 1 and 2000),
    expected_outcome text check (length(expected_outcome) between 1 and 2000),
    review_on text,
    page text,
    period text,
    account_id text,
    check (kind = 'note' or (expected_outcome is not null and review_on is not null))
);
create trigger if not exists entries_stay before update on entries
begin select raise(abort, 'entries are never changed'); end;
create trigger if not exists entries_remain before delete on entries
begin select raise(abort, 'entries are never deleted'); end;
create table if not exists threshold_changes (
    change_id integer primary key autoincrement,
    changed_at text not null,
    author text not null,
    generation integer not null,
    name text not null,
    segment text,
    valid_from text,
    old_fires_at text,
    old_clears_at text,
    new_fires_at text,
    new_clears_at text,
    why text not null check (length(why) between 1 and 500)
);
create trigger if not exists threshold_changes_stay before update on threshold_changes
begin select raise(abort, 'changes of thresholds are never changed'); end;
create trigger if not exists threshold_changes_remain before delete on threshold_changes
begin select raise(abort, 'changes of thresholds are never deleted'); end;
"""

# how long a writer waits for another writer; a page that only reads waits less
PATIENCE_SECONDS, READING_SECONDS, GROWING_SECONDS = 20, 0.5, 0.1
BEGINNING = b"SQLite format 3\x00"
HEADER_BYTES = 100
WAL_HEADER = struct.Struct(">8I")
WAL_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
WAL_VERSION = 3007000
MOVE_AWAY = "restore a copy of it, or move it and its -wal out of the home to start a new one"
RESCUE = (
    "restore a copy of it, or run `seatshift recover-decisions`, which starts a new file with "
    "what can be read and keeps this one under another name"
)
Entry: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong, worded to follow the file's name, and what to do about it."""

    clause: str
    remedy: str = MOVE_AWAY
    # False if the file only cannot be opened at the moment
    is_damaged: bool = True

    def sentence(self, readable: int) -> str:
        """The sentence for a page or terminal; `readable` is how many rows can still be read."""
        if readable and self.is_damaged:
            shown = "only what can still be read is shown, and nothing can be written"
            return f"{NAME} {self.clause}, so {shown}; {RESCUE}."
        return (
            f"{NAME} {self.clause}, so notes and decisions can be neither read nor written; "
            f"{self.remedy}."
        )


@dataclass(frozen=True)
class Reading:
    """Rows of a table by column name, oldest first; complete if there is no fault."""

    rows: list[Entry]
    fault: Fault | None = None


@dataclass(frozen=True)
class Recovered:
    """How many rows of each table the new file has, and where the damaged one is now."""

    entries: int
    changes: int
    set_aside: Path


class _Wrong(Exception):
    """SQLite can read the file, but its content is wrong; the text is the clause."""


def look(path: Path) -> Fault | None:
    """What is wrong with the file after a full check; None if it is intact or does not exist."""
    fault = _from_outside(path)
    if fault is not None or not path.exists():
        return fault
    try:
        _read(path, _check)
    except (sqlite3.Error, OSError, _Wrong) as error:
        return _fault(error)
    return None


def read(path: Path, table: str) -> Reading:
    """The rows of one of the two tables, without changing anything on disk.

    For a damaged file, as many as can be read; for a missing table, none.
    """
    fault = _from_outside(path)
    if fault is None and not path.exists():
        return Reading([])
    if fault is None:
        try:
            return Reading(_read(path, lambda connection: _rows(connection, table)))
        except (sqlite3.Error, OSError, _Wrong) as error:
            fault = _fault(error)
    return Reading(_rescued(path, table) if fault.is_damaged else [], fault)


def create(path: Path) -> None:
    """Create the file with its tables atomically; if another process was faster, keep its file."""
    with tempfile.TemporaryDirectory(prefix=".decisions-", dir=path.parent) as folder:
        new, _ = _made(Path(folder), {})
        with suppress(FileExistsError):
            _put(new, path)


def recover(path: Path) -> Recovered:
    """Start a new file with what can be read from a damaged one, which is renamed.

    Raises SeatshiftError, and changes nothing, if the file is intact, cannot be opened, or has no
    readable rows.
    """
    fault = look(path)
    if fault is None:
        raise SeatshiftError(f"{path} is intact; there is nothing to recover.")
    found = {table: read(path, table).rows for table in COLUMNS} if fault.is_damaged else {}
    if not any(found.values()):
        raise SeatshiftError(f"Nothing was changed: {fault.sentence(0)}")
    set_aside = _free_name(path)
    with tempfile.TemporaryDirectory(prefix=".decisions-", dir=path.parent) as folder:
        new, taken = _made(Path(folder), found)
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.rename(set_aside.with_name(set_aside.name + ending))
        _put(new, path)
    return Recovered(taken[ENTRIES], taken[CHANGES], set_aside)


def _free_name(path: Path) -> Path:
    """An unused name for the damaged file."""
    stem = f"decisions.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    names = (f"{stem}{ending}.sqlite" for ending in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(free for name in names if not (free := path.with_name(name)).exists())


def _from_outside(path: Path) -> Fault | None:
    """What is wrong judging by the bytes alone, before SQLite opens the file."""
    log = path.with_name(f"{path.name}-wal")
    try:
        log_size = _size(log)
        if not path.exists():
            if path.is_symlink():
                return Fault(
                    "is a link to a file that is not there",
                    "restore that file, or move the link out of the home to start a new one",
                )
            if not log_size:
                return None
            return Fault(
                f"is missing, but {log.name}, the log of its latest entries, is there",
                "restore the file next to its log, or move the log out of the home to start over",
            )
        if not path.is_file():
            return Fault("is not a regular file", "move it out of the home")
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
        if size == 0:
            return Fault("is empty (0 bytes)")
        if not header.startswith(BEGINNING) or len(header) < HEADER_BYTES:
            return Fault("is not an SQLite database")
        whole = _whole_size(header)
        # pages that are still in the log need not be in the file
        if not log_size and size < whole:
            sleep(GROWING_SECONDS)  # they may be being written at this moment
            size = path.stat().st_size
            if size < whole:
                return Fault(f"is truncated ({size} of {whole} bytes)")
        if log_size >= WAL_HEADER.size and not _is_log(log):
            return Fault(f"has a damaged log of its latest entries, {log.name}")
    except OSError as error:
        return _fault(error)
    return None


def _size(log: Path) -> int:
    """The size of the log; 0 if there is none."""
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0


def _whole_size(header: bytes) -> int:
    """The file size according to its header; 0 if the header does not say."""
    page_size = int.from_bytes(header[16:18], "big")
    counted_at, pages, said_at = header[24:28], header[28:32], header[92:96]
    if counted_at != said_at:
        return 0
    return (65536 if page_size == 1 else page_size) * int.from_bytes(pages, "big")


def _is_log(log: Path) -> bool:
    """Whether the log has a valid SQLite header; SQLite would discard one that does not."""
    try:
        with log.open("rb") as file:
            header = file.read(WAL_HEADER.size)
    except FileNotFoundError:
        return True  # merged into the file in the meantime
    if len(header) < WAL_HEADER.size:
        return True  # just being started
    magic, version, *_, first, second = WAL_HEADER.unpack(header)
    if magic not in WAL_MAGIC or version != WAL_VERSION:
        return False
    one = two = 0
    words = struct.unpack(f"{WAL_MAGIC[magic]}6I", header[:24])
    for left, right in zip(words[::2], words[1::2], strict=True):
        one = (one + left + two) & 0xFFFFFFFF
        two = (two + right + one) & 0xFFFFFFFF
    return (one, two) == (first, second)


def _read(path: Path, ask: Any) -> Any:
    """The answer of a read-only connection, or of a copy if the disk allows no connection."""
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=READING_SECONDS)) as connection:
            return ask(connection)
    except sqlite3.OperationalError as error:
        if _code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
    with _copied(path) as copy, closing(sqlite3.connect(copy)) as connection:
        return ask(connection)


def _check(connection: sqlite3.Connection) -> None:
    [(said,)] = connection.execute("pragma quick_check(1)").fetchall()
    if said != "ok":
        raise _Wrong("is damaged internally")
    for table in COLUMNS:
        _columns(connection, table)


def _rows(connection: sqlite3.Connection, table: str) -> list[Entry]:
    there = _columns(connection, table)
    if not there:
        return []
    return [
        _row(table, there, row)
        for row in connection.execute(f"select {', '.join(there)} from {table} order by rowid")
    ]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """The table's known columns; raises _Wrong if a required one is missing."""
    there = {str(column[1]) for column in connection.execute(f"pragma table_info({table})")}
    lacking = [name for name in COLUMNS[table] if name not in there and name not in LATER]
    if there and lacking:
        raise _Wrong(f"was not made by seatshift: its table {table} has no column {lacking[0]}")
    return [name for name in COLUMNS[table] if name in there]


def _row(table: str, there: list[str], values: tuple[Any, ...]) -> Entry:
    return dict.fromkeys(COLUMNS[table]) | dict(zip(there, values, strict=True))


def _rescued(path: Path, table: str) -> list[Entry]:
    """From a copy, the rows before the first and after the last unreadable one."""
    found: dict[int, Entry] = {}
    if not _begins_well(path):
        return []
    for direction in ("asc", "desc"):
        with (
            suppress(sqlite3.Error, OSError, _Wrong),
            _copied(path) as copy,
            closing(sqlite3.connect(copy)) as connection,
        ):
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            # read a truncated file as far as possible
            connection.execute("pragma writable_schema = on")
            there = _columns(connection, table)
            sql = f"select rowid, {', '.join(there)} from {table} order by rowid {direction}"
            for number, *values in connection.execute(sql):
                found[number] = _row(table, there, tuple(values))
    return [found[number] for number in sorted(found)]


def _begins_well(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(BEGINNING)) == BEGINNING
    return False


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """A copy of the file with its log."""
    log = path.with_name(f"{path.name}-wal")
    with tempfile.TemporaryDirectory(prefix="seatshift-decisions-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        if _size(log) and _is_log(log):
            with suppress(FileNotFoundError):
                shutil.copyfile(log, copy.with_name(log.name))
        yield copy


def _made(folder: Path, rows: dict[str, list[Entry]]) -> tuple[Path, dict[str, int]]:
    """A new, closed file, and how many rows of each table it has.

    Invalid rows remain only in the damaged file.
    """
    new = folder / NAME
    with closing(sqlite3.connect(new)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(SCHEMA)
        with connection:
            for table, listed in rows.items():
                columns = COLUMNS[table]
                connection.executemany(
                    f"insert or ignore into {table} ({', '.join(columns)}) "
                    f"values ({', '.join(f':{name}' for name in columns)})",
                    listed,
                )
        taken = {
            table: int(connection.execute(f"select count(*) from {table}").fetchone()[0])
            for table in COLUMNS
        }
    return new, taken


def _put(new: Path, path: Path) -> None:
    """Move the finished file into place; FileExistsError if the name is taken."""
    new.chmod(0o660 & ~umask_of(path.parent))
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:
        # a disk without hard links
        if path.exists():
            raise FileExistsError(path) from None
        new.rename(path)
    sync_folder(path.parent)


def _fault(error: Exception) -> Fault:
    if isinstance(error, _Wrong):
        return Fault(str(error))
    if isinstance(error, sqlite3.Error) and _code(error) in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    ):
        return Fault(
            "is locked by another program",
            "close that program, then reload this page",
            is_damaged=False,
        )
    if isinstance(error, OSError) or _code(error) in (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_IOERR,
    ):
        why = error.strerror if isinstance(error, OSError) else str(error)
        return Fault(
            f"cannot be opened ({(why or 'no reason given').lower()})",
            "give the user who runs seatshift read and write access, and check its disk",
            is_damaged=False,
        )
    return Fault(f"is damaged ({error})")


def _code(error: Exception) -> int:
    """SQLite's primary error code; 0 if there is none."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
