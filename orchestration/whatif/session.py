"""Where what-ifs run: a scratch database next to the published snapshot.

A session serves one what-if after the other: the snapshot stays open, and rows that no price
affects are read only once.
"""

from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Self

import duckdb

from orchestration.pipeline.rating_chain import Chain, carried_chain
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.published import Pointer, damage, is_intact, read_pointer
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import PUBLISHED, WAREHOUSE, open_scratch

SCHEMA = "kept"
# tables of up to tens of megabytes at ten thousand accounts
MOST = 3


class Kept:
    """A cache of query results as tables, by the query's text; the latest few."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.tables: dict[Hashable, str] = {}
        self.made = 0
        connection.execute(f"create schema if not exists {SCHEMA}")

    def table(self, sql: str, *given: Hashable) -> str:
        """The table with the query's rows; `given` is whatever else they depend on."""
        key = (sql, *given)
        # least recently used tables are dropped first
        name = self.tables.pop(key, None)
        if name is None:
            name = f'{SCHEMA}."{self.made}"'
            self.connection.execute(f"create table {name} as {sql}")
            self.made += 1
        self.tables[key] = name
        while len(self.tables) > MOST:
            self.connection.execute(f"drop table {self.tables.pop(next(iter(self.tables)))}")
        return name


@dataclass(frozen=True)
class Place:
    """A scratch database with the snapshot attached, and the models in the snapshot."""

    connection: duckdb.DuckDBPyConnection
    pointer: Pointer
    chain: Chain
    kept: Kept


class Session:
    """A connection that stays open between what-ifs, for one home and its published generation.

    It runs one what-if at a time, from any thread; if it is busy, the caller gets a separate
    connection.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._stack = ExitStack()
        self._place: Place | None = None

    @contextmanager
    def opened(self) -> Iterator[Place]:
        """Raises SeatshiftError if nothing is published that a what-if can run on."""
        if not self._lock.acquire(blocking=False):
            with opened_place(self.settings) as place:
                yield place
            return
        try:
            place = self._ready()
            try:
                yield place
            finally:
                self._clear(place)
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the snapshot; the next what-if opens the one that is published then."""
        with self._lock:
            self._close()

    def _ready(self) -> Place:
        published = read_pointer(self.settings)
        if self._place is not None and self._place.pointer != published:
            self._close()
        if self._place is None:
            self._place = self._stack.enter_context(opened_place(self.settings))
        return self._place

    def _clear(self, place: Place) -> None:
        """Drop what a what-if created; rolling back a transaction would double its time."""
        try:
            made = place.connection.execute(
                "select schema_name from duckdb_schemas() where not internal "
                f"and database_name = '{WAREHOUSE}' and schema_name <> '{SCHEMA}'"
            ).fetchall()
            for (schema,) in made:
                place.connection.execute(f'drop schema "{schema}" cascade')
        except duckdb.Error:
            self._close()

    def _close(self) -> None:
        self._place = None
        self._stack.close()


@contextmanager
def opened_place(settings: Settings) -> Iterator[Place]:
    """The published snapshot attached to a scratch database, and its models."""
    with ExitStack() as stack:
        pointer, connection = _scratch(settings, stack)
        chain = carried_chain(connection, PUBLISHED)
        if chain is None:
            raise SeatshiftError(
                f"Generation {pointer.generation} was published without the rating models that a "
                "what-if runs: run `seatshift refresh` once."
            )
        yield Place(connection, pointer, chain, Kept(connection))


def _scratch(settings: Settings, stack: ExitStack) -> tuple[Pointer, duckdb.DuckDBPyConnection]:
    # a refresh may delete an old generation between reading its name and opening it
    for _ in range(3):
        pointer = read_pointer(settings)
        if pointer is None:
            break
        try:
            return pointer, stack.enter_context(open_scratch(settings, pointer.path(settings)))
        except duckdb.Error:
            if pointer.path(settings).is_file() and is_intact(settings, pointer):
                raise
    wrong = damage(settings)
    if wrong is not None:
        raise SeatshiftError(f"{wrong}.")
    raise SeatshiftError(
        f"Nothing is published in {settings.home} yet: run `seatshift refresh` first."
    )
