"""Where what-ifs run: a scratch database next to the published snapshot.

A session serves one what-if after the other: the snapshot stays open, and rows that no price
changes are read only once.
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
# tables of up to some tens of megabytes at the design point
MOST = 3


class Kept:
    """Rows that are read once, in tables, by the query that reads them; the latest few."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.tables: dict[Hashable, str] = {}
        self.made = 0
        connection.execute(f"create schema if not exists {SCHEMA}")

    def table(self, sql: str, *given: Hashable) -> str:
        """The table with the query's rows; `given` is what they follow from beside its text."""
        key = (sql, *given)
        # used last is dropped last
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
    """A scratch database with the snapshot beside it, and the models that the snapshot carries."""

    connection: duckdb.DuckDBPyConnection
    pointer: Pointer
    chain: Chain
    kept: Kept


class Session:
    """A place that stays open between what-ifs, of one home and whichever generation is published.

    One what-if at a time is worked out on it, from any thread; who finds it taken gets a place of
    their own.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._stack = ExitStack()
        self._place: Place | None = None

    @contextmanager
    def opened(self) -> Iterator[Place]:
        """SeatshiftError where nothing is published that a what-if can run on."""
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
        """Let go of the snapshot; the next what-if opens the one that is published then."""
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
        """Drop what a what-if made; a transaction to be rolled back would double its time."""
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
    """The published snapshot beside a scratch database, and the models that it carries."""
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
    # a refresh may remove an old generation between the reading of its name and its opening
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
