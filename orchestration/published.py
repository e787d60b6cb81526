"""What is published: the pointer, its generations, and reading a snapshot."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import SeatshiftError
from orchestration.files import read_json, write_json
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse


@dataclass(frozen=True)
class Pointer:
    """HOME/var/current.json: the generation that readers see; times are naive UTC."""

    generation: int
    file: str
    sha256: str
    build_id: str
    as_of: str
    audit: dict[str, Any]
    published_at: str
    rolled_back_from: str | None = None

    def path(self, settings: Settings) -> Path:
        return settings.var / self.file

    @property
    def as_of_moment(self) -> datetime:
        return datetime.fromisoformat(self.as_of)


def read_pointer(settings: Settings) -> Pointer | None:
    """The pointer; None before the first publication or where it cannot be read."""
    return _pointer(read_json(settings.pointer))


def write_pointer(settings: Settings, pointer: Pointer) -> None:
    """Show readers another generation, in one step."""
    write_json(settings.pointer, asdict(pointer))


def generations(settings: Settings) -> list[Pointer]:
    """Every generation whose snapshot is kept, oldest first."""
    kept = [
        _pointer(read_json(path.with_suffix(".json")))
        for path in sorted(settings.snapshots.glob("v*.duckdb"))
    ]
    return [pointer for pointer in kept if pointer is not None]


@contextmanager
def open_current(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published snapshot, read-only; SeatshiftError before the first publication."""
    pointer = read_pointer(settings)
    if pointer is None or not pointer.path(settings).is_file():
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet: run `seatshift refresh` first."
        )
    with open_warehouse(settings, pointer.path(settings), read_only=True) as connection:
        yield connection


def rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """A small result as a list of rows by column name."""
    cursor = connection.execute(sql, parameters) if parameters else connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def as_json(value: Any) -> str:
    """JSON for people's scripts: decimals and dates as text, nothing rounded."""
    return json.dumps(value, indent=2, default=str)


def _pointer(entry: dict[str, Any] | None) -> Pointer | None:
    try:
        return Pointer(**entry) if entry is not None else None
    except TypeError:
        return None
