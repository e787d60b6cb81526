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
# what a read raises where the snapshot lacks a table or column that this version shows
OTHER_VERSION = (duckdb.BinderException, duckdb.CatalogException)
# what a read raises where a file is damaged or gone
UNREADABLE = (duckdb.Error, OSError)
# answers kept for all sessions together, the least recently used go first
KEPT_BYTES = "512MB"
_SHOWN = "snapshot_of_this_session"
CLOSED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
# where names of accounts and of who looks after them stand, and what stands there for those who may
# not see them: a row that is held back is shown as it stood in its file, and what is wrong with it
# may quote it
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
    """Nothing was published in this home yet."""


class BadSnapshot(Exception):
    """The pointer or the file it names cannot be used; the text is one sentence for the reader."""


@dataclass(frozen=True)
class Snapshot:
    """One published generation. Every read of a page goes to the same one."""

    generation: int
    path: Path
    sha256: str
    build_id: str
    as_of: datetime
    published_at: datetime
    audit: Any

    def read(self, name: str, /, **parameters: Any) -> Table:
        """The rows of a query of dashboards/queries, by its name."""
        return self.answer(queries.text(name), **parameters)

    def answer(self, sql: str, /, **parameters: Any) -> Table:
        """The rows of a query as an Arrow table: decimals stay decimals, nulls stay null.

        Whoever may not see account names gets ids in their place, whatever the query does.
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
        """The snapshot for what reads it by queries of its own; closed at the end."""
        cursor = _connection(str(self.path), self.sha256, access.sees_names()).cursor()
        try:
            yield cursor
        finally:
            cursor.close()


@dataclass(frozen=True)
class Tried:
    """A snapshot some of whose marts say what a what-if made of them."""

    snapshot: Snapshot
    marts: Mapping[str, Table]

    def read(self, name: str, /, **parameters: Any) -> Table:
        """The rows of a query that a snapshot would answer, with the tried marts in their place."""
        sql = queries.text(name)
        made = list(queries.macros_of(sql))
        snapshot = self.snapshot
        connection = _connection(str(snapshot.path), snapshot.sha256, access.sees_names())
        cursor = connection.cursor()
        try:
            for mart, table in self.marts.items():
                # seen by this cursor alone
                cursor.register(f"tried_{mart}", table)
                sql, *made = (
                    re.sub(rf"\bmarts\.{mart}\b", f"tried_{mart}", text) for text in (sql, *made)
                )
            return _answered(cursor, sql, made, parameters)
        finally:
            cursor.close()


# where a page reads a proposal's bills
Source: TypeAlias = Snapshot | Tried


def home() -> Path:
    """The home whose snapshot is shown."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().resolve()


def current() -> Snapshot:
    """The published snapshot; a pointer replaced meanwhile is read again once."""
    snapshot = _pointed(home())
    if not snapshot.path.is_file():
        snapshot = _pointed(home())
    if not snapshot.path.is_file():
        raise BadSnapshot(
            f"var/current.json names {snapshot.path.name}, which is not there: "
            "run `seatshift refresh`, or `seatshift rollback` to an older generation."
        )
    return snapshot


def shown() -> Snapshot:
    """The snapshot that this session looks at: it stays the same until the reader asks for another.

    Where its file was cleaned up meanwhile, the published one takes its place.
    """
    kept = st.session_state.get(_SHOWN)
    if isinstance(kept, Snapshot) and kept.path.is_file():
        return kept
    snapshot = current()
    st.session_state[_SHOWN] = snapshot
    return snapshot


def another(snapshot: Snapshot) -> Snapshot | None:
    """What is published, where that is not the snapshot looked at; None while it cannot be told."""
    try:
        published = current()
    except (NoSnapshot, BadSnapshot):
        return None
    same = (published.generation, published.sha256) == (snapshot.generation, snapshot.sha256)
    return None if same else published


def release() -> None:
    """The next run of this session looks at what is published then."""
    st.session_state.pop(_SHOWN, None)


def _pointed(folder: Path) -> Snapshot:
    pointer = folder / "var" / "current.json"
    try:
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
    except FileNotFoundError:
        raise NoSnapshot from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadSnapshot(
            "var/current.json cannot be read: run `seatshift refresh` to write it anew."
        ) from None


def moment_of(text: str) -> datetime:
    """A moment of the pointer; one without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# all pages over all segments and proposals are thousands of small answers: a bound in entries that
# ten readers outrun would make each of them read anew what the one before has pushed out
@st.cache_data(max_size=KEPT_BYTES, show_spinner=False)  # type: ignore[untyped-decorator]
def _read(
    path: str, sha256: str, with_names: bool, sql: str, parameters: tuple[tuple[str, Any], ...]
) -> Table:
    # a cursor of its own for every use: a connection shared by threads mixes up their answers
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
    """A generation's file; a path is never reused, so a new generation is a new entry."""
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
    """The same tables under the same names, where no query finds the name of an account."""
    connection = duckdb.connect(config=dict(CLOSED))
    quoted = path.replace("'", "''")
    connection.execute(f"attach '{quoted}' as published (read_only)")
    found = connection.execute(queries.text("warehouse/columns")).fetchall()
    for schema in sorted({schema for schema, *_ in found}):
        connection.execute(f"create schema {schema}")
    for schema, table, there in found:
        # a snapshot of an earlier version lacks columns that came later
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
