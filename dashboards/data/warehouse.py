"""The only place in dashboards that opens DuckDB: the published snapshot, read-only."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import streamlit as st
from orchestration.platform.functions import make_functions

from dashboards import access
from dashboards.data import queries
from dashboards.data.tables import Table

HOME_VARIABLE = "SEATSHIFT_HOME"
DEFAULT_HOME = Path(__file__).resolve().parents[2] / "seeds"
# raised by a read if the snapshot lacks a table or column that this version shows
OTHER_VERSION = (duckdb.BinderException, duckdb.CatalogException)
# raised by a read if a file is damaged or missing
UNREADABLE = (duckdb.Error, OSError)
# size of the cache for all sessions together; the least recently used answers are dropped first
CACHE_BYTES = "512MB"
_SHOWN, _PINNED = "snapshot_of_this_session", "generation_of_a_link"
CLOSED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
# the columns with names of accounts and their owners, and what replaces them for people who may not
# see names: a quarantined row is shown as in its file, and its message may quote it
NAMELESS = {
    ("marts", "dim_accounts"): {
        "account_name": "account_id",
        "account_owner": f"if(account_owner is not null, '{access.HIDDEN}', null)",
    },
    ("marts", "quarantine"): {
        "raw": f"'{access.HIDDEN}'",
        "sentence": f"if(export = 'accounts', '{access.HIDDEN}', sentence)",
    },
}


class NoSnapshot(Exception):
    """Nothing has been published in this home yet."""


class BadSnapshot(Exception):
    """The pointer or its file cannot be used; the message is one sentence for the reader."""


@dataclass(frozen=True)
class Snapshot:
    """One published generation; all reads of a page go to the same one."""

    generation: int
    path: Path
    sha256: str
    build_id: str
    as_of: datetime
    published_at: datetime
    audit: Any

    def read(self, name: str, /, **parameters: Any) -> Table:
        """The rows of a query in dashboards/queries, by its name."""
        return self.answer(queries.text(name), **parameters)

    def answer(self, sql: str, /, **parameters: Any) -> Table:
        """The rows of a query as an Arrow table: decimals stay decimals, nulls stay null.

        People who may not see account names get ids instead, whatever the query is.
        """
        return _read(
            str(self.path),
            self.sha256,
            access.sees_names(),
            sql,
            tuple(sorted(parameters.items())),
        )

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for code with its own queries, closed at the end."""
        cursor = _connection(str(self.path), self.sha256, access.sees_names()).cursor()
        try:
            yield cursor
        finally:
            cursor.close()


@dataclass(frozen=True)
class Tried:
    """A snapshot with some marts replaced by a what-if."""

    snapshot: Snapshot
    marts: Mapping[str, Table]

    def read(self, name: str, /, **parameters: Any) -> Table:
        """The rows of a query, with the what-if's marts in place of the published ones."""
        sql = queries.text(name)
        made = list(queries.macros_of(sql))
        snapshot = self.snapshot
        connection = _connection(str(snapshot.path), snapshot.sha256, access.sees_names())
        cursor = connection.cursor()
        try:
            for mart, table in self.marts.items():
                # visible only to this cursor
                cursor.register(f"tried_{mart}", table)
                sql, *made = (
                    re.sub(rf"\bmarts\.{mart}\b", f"tried_{mart}", text) for text in (sql, *made)
                )
            return _answered(cursor, sql, made, parameters)
        finally:
            cursor.close()


# the source of a proposal's bills
Source: TypeAlias = Snapshot | Tried


def home() -> Path:
    """The home whose snapshot is shown."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().resolve()


def current() -> Snapshot:
    """The published snapshot; if the pointer is replaced meanwhile, it is read once more."""
    snapshot = _pointed(home())
    if not snapshot.path.is_file():
        snapshot = _pointed(home())
    if not snapshot.path.is_file():
        raise BadSnapshot(
            f"var/current.json names {snapshot.path.name}, which is missing: "
            "run `seatshift refresh`, or `seatshift rollback` to an older generation."
        )
    return snapshot


def shown() -> Snapshot:
    """The session's snapshot, which stays the same until the reader asks for another.

    If its file has been deleted, the published one replaces it.
    """
    seen = st.session_state.get(_SHOWN)
    if isinstance(seen, Snapshot) and seen.path.is_file():
        return seen
    snapshot = current()
    st.session_state[_SHOWN] = snapshot
    st.session_state.pop(_PINNED, None)
    return snapshot


def pin(snapshot: Snapshot) -> None:
    """Show this generation to the session, read-only, until it is released."""
    st.session_state[_SHOWN] = snapshot
    st.session_state[_PINNED] = snapshot.generation


def is_pinned(snapshot: Snapshot) -> bool:
    """Whether a link asked for this generation, so that nothing is written about it."""
    pinned: int | None = st.session_state.get(_PINNED)
    return pinned == snapshot.generation


def another(snapshot: Snapshot) -> Snapshot | None:
    """The published snapshot if it is not this one; None if it is, or cannot be read."""
    try:
        published = current()
    except (NoSnapshot, BadSnapshot):
        return None
    same = (published.generation, published.sha256) == (snapshot.generation, snapshot.sha256)
    return None if same else published


def release() -> None:
    """Let the session's next run open whatever is published then."""
    st.session_state.pop(_SHOWN, None)
    st.session_state.pop(_PINNED, None)


def _pointed(folder: Path) -> Snapshot:
    try:
        return snapshot_of(folder / "var" / "current.json", folder)
    except FileNotFoundError:
        raise NoSnapshot from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadSnapshot(
            "var/current.json cannot be read: run `seatshift refresh` to rewrite it."
        ) from None


def snapshot_of(pointer: Path, folder: Path) -> Snapshot:
    """The snapshot that a file describes; raises if it cannot be read or lacks something."""
    entry = json.loads(pointer.read_text(encoding="utf-8"))
    return Snapshot(
        generation=int(entry["generation"]),
        path=folder / "var" / str(entry["file"]),
        sha256=str(entry["sha256"]),
        build_id=str(entry["build_id"]),
        as_of=moment_of(entry["as_of"]),
        published_at=moment_of(entry["published_at"]),
        audit=entry.get("audit"),
    )


def moment_of(text: str) -> datetime:
    """A time in the pointer; UTC if it has no zone."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# all pages for all segments and proposals are thousands of small answers, so the cache is limited
# by size: a limit by entries would let ten readers evict each other's answers
@st.cache_data(max_size=CACHE_BYTES, show_spinner=False)  # type: ignore[untyped-decorator]
def _read(
    path: str, sha256: str, with_names: bool, sql: str, parameters: tuple[tuple[str, Any], ...]
) -> Table:
    # one cursor per read: threads that share a connection get each other's answers
    cursor = _connection(path, sha256, with_names).cursor()
    try:
        return _answered(cursor, sql, queries.macros_of(sql), dict(parameters))
    finally:
        cursor.close()


def _answered(
    cursor: duckdb.DuckDBPyConnection, sql: str, made: Sequence[str], parameters: dict[str, Any]
) -> Table:
    for macro in made:
        cursor.execute(macro)
    return cursor.sql(sql, params=parameters or None).to_arrow_table()


# two generations, each with names and without
@st.cache_resource(max_entries=4, show_spinner=False)  # type: ignore[untyped-decorator]
def _connection(path: str, sha256: str, with_names: bool) -> duckdb.DuckDBPyConnection:
    """A connection to a generation's file.

    A path is never reused, so a new generation is a new entry.
    """
    with Path(path).open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise BadSnapshot(
                f"{Path(path).name} is damaged (its sha256 is not the published one): "
                "run `seatshift rollback`, then `seatshift refresh`."
            )
    if not with_names:
        return _nameless(path)
    return duckdb.connect(
        path,
        read_only=True,
        config={**CLOSED, "enable_external_access": False, "lock_configuration": True},
    )


def _nameless(path: str) -> duckdb.DuckDBPyConnection:
    """The same tables under the same names, without account names."""
    connection = duckdb.connect(config=dict(CLOSED))
    quoted = path.replace("'", "''")
    connection.execute(f"attach '{quoted}' as published (read_only)")
    found = connection.execute(queries.text("warehouse/columns")).fetchall()
    for schema in sorted({schema for schema, *_ in found}):
        connection.execute(f"create schema {schema}")
    for schema, table, there in found:
        # a snapshot of an earlier version may lack later columns
        hidden = ", ".join(
            f"{instead} as {column}"
            for column, instead in NAMELESS.get((schema, table), {}).items()
            if column in there
        )
        connection.execute(
            f'create view {schema}."{table}" as '
            f"select * {f'replace ({hidden})' if hidden else ''} "
            f'from published.{schema}."{table}"'
        )
    if any(table == "dim_functions" for _, table, _ in found):
        make_functions(connection)
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection
