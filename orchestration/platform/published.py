"""What is published: the pointer, the generations, and access to their snapshots."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.platform import pointer_moves
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.files import read_json, sha256_of, write_json
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse


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
    """The pointer; None before the first publication.

    SeatshiftError if it is damaged, or missing although there are snapshots.
    """
    pointer = _read(settings.pointer)
    if pointer is None and is_pointer_lost(settings):
        state = "damaged" if settings.pointer.exists() else "missing"
        raise SeatshiftError(
            f"{settings.pointer} is {state}, so it is unknown which generation is published; "
            "run `seatshift refresh` to restore the latest intact one."
        )
    return pointer


def is_pointer_lost(settings: Settings) -> bool:
    """Whether something was published but the pointer cannot be read."""
    if _read(settings.pointer) is not None:
        return False
    return settings.pointer.exists() or any(settings.snapshots.glob("v*.duckdb"))


def write_pointer(settings: Settings, pointer: Pointer) -> None:
    """Publish a generation by replacing the pointer atomically."""
    with pointer_moves.gate:
        write_json(settings.pointer, asdict(pointer))
        pointer_moves.moved(f"generation {pointer.generation} is published")


def generations(settings: Settings) -> list[Pointer]:
    """Every generation that has a snapshot, oldest first; does not check whether it is intact.

    A generation whose description (`v000001.json`) is unreadable is left out: it cannot be checked.
    """
    found = [described(path) for path in sorted(settings.snapshots.glob("v*.duckdb"))]
    return [pointer for pointer in found if pointer is not None]


def described(snapshot: Path) -> Pointer | None:
    """The description stored next to a snapshot; None if it is missing or damaged."""
    return _read(snapshot.with_suffix(".json"))


def is_intact(settings: Settings, pointer: Pointer) -> bool:
    """Whether a generation's snapshot exists and is byte for byte as published.

    Reads the file once per process, about a second per gigabyte.
    """
    try:
        state = pointer.path(settings).stat()
        sha256 = _sha256(pointer.path(settings), state.st_ino, state.st_size, state.st_mtime_ns)
    except (FileNotFoundError, IsADirectoryError):
        return False
    return sha256 == pointer.sha256


def intact_generations(settings: Settings) -> list[int]:
    """The generations whose snapshots are intact, oldest first; reads every snapshot."""
    return [entry.generation for entry in generations(settings) if is_intact(settings, entry)]


def damage(settings: Settings) -> str | None:
    """What is wrong with the published snapshot and what to do (no full stop), or None."""
    pointer = _read(settings.pointer)
    if pointer is None or is_intact(settings, pointer):
        return None
    state = "damaged" if pointer.path(settings).exists() else "missing"
    return (
        f"the published snapshot {pointer.path(settings)} is {state}: run `seatshift refresh` to "
        "publish it again, or `seatshift rollback` to go back to an older generation"
    )


@contextmanager
def open_current(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published snapshot, read-only; SeatshiftError if there is none."""
    pointer = read_pointer(settings)
    if pointer is None:
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet; run `seatshift refresh` first."
        )
    if not pointer.path(settings).is_file():
        sentence = damage(settings) or ""
        raise SeatshiftError(f"{sentence[:1].upper()}{sentence[1:]}.")
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
    """JSON for scripts: decimals and dates as text, nothing rounded."""
    return json.dumps(value, indent=2, default=str)


@lru_cache(maxsize=32)
def _sha256(path: Path, inode: int, size: int, changed_ns: int) -> str:
    return sha256_of(path)


def _read(path: Path) -> Pointer | None:
    entry = read_json(path)
    try:
        pointer = Pointer(**(entry or {}))
    except TypeError:
        return None
    texts = (pointer.file, pointer.sha256, pointer.build_id, pointer.as_of, pointer.published_at)
    if not isinstance(pointer.generation, int) or not all(isinstance(one, str) for one in texts):
        return None
    try:
        datetime.fromisoformat(pointer.as_of)
    except ValueError:
        return None
    return pointer if isinstance(pointer.audit, dict) else None
