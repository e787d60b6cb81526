"""The only place in orchestration that opens DuckDB."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from orchestration.platform.settings import Settings
from orchestration.platform.space import duckdb_memory_mb

WAREHOUSE = "warehouse"
PUBLISHED = "published"


@contextmanager
def open_memory(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private memory database in UTC, with the home's limits and its own spill folder."""
    spill = settings.var / "tmp"
    # a home on a full or read-only disk can still be read; who must spill there is told by DuckDB
    with suppress(OSError):
        spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{duckdb_memory_mb(settings)}MB",
            "threads": max(settings.threads, 1),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextmanager
def open_locked(
    settings: Settings, folder: Path, readable: list[Path], options: dict[str, str | int]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private memory database in UTC for SQL that a user wrote.

    It reads and writes below `folder`, where it also spills, and reads the files `readable`;
    all else raises duckdb.PermissionException. `options` are DuckDB settings made before its
    configuration is locked. No extension loads, and no Python variable is seen as a table.
    """
    folder = folder.resolve()
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{duckdb_memory_mb(settings)}MB",
            "threads": max(settings.threads, 1),
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            **options,
        },
    )
    try:
        connection.execute("set TimeZone = 'UTC'")
        files = ", ".join(quoted(str(path.resolve())) for path in readable)
        connection.execute(f"set allowed_directories = [{quoted(str(folder))}]")
        connection.execute(f"set allowed_paths = [{files}]")
        # what is allowed must be named before, and nothing can be named afterwards
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection
    finally:
        connection.close()


def parsed(*texts: str) -> list[dict[str, Any]]:
    """DuckDB's parse trees of SELECT statements, as json_serialize_sql gives them; nothing is run.

    `error` says whether a text is none, and `error_message` why.
    """
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute("set enable_external_access = false")
        rows = [
            connection.execute("select json_serialize_sql($text)", {"text": text}).fetchone()
            for text in texts
        ]
    return [json.loads(row[0]) if row else {} for row in rows]


@contextmanager
def open_warehouse(
    settings: Settings, path: Path, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A memory database with the file attached as `warehouse` and made the default."""
    with open_memory(settings) as connection:
        mode = " (read_only)" if read_only else ""
        connection.execute(f"attach {quoted(str(path))} as {WAREHOUSE}{mode}")
        connection.execute(f"use {WAREHOUSE}")
        try:
            yield connection
        finally:
            connection.execute("use memory")
            connection.execute(f"detach {WAREHOUSE}")


def quoted(text: str) -> str:
    """The text as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def open_scratch(settings: Settings, snapshot: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A memory database named `warehouse` with the snapshot attached as `published`, read-only.

    Nothing is written to the home, so that any number of them can be open at once.
    """
    with tempfile.TemporaryDirectory(prefix="seatshift-") as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{duckdb_memory_mb(settings)}MB",
                "threads": max(settings.threads, 1),
                "temp_directory": spill,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        try:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach {quoted(str(snapshot))} as {PUBLISHED} (read_only)")
            connection.execute(f"attach ':memory:' as {WAREHOUSE}")
            # how many rows views over a few accounts have is guessed wrong by orders of magnitude,
            # and the models join what is small to what is large
            connection.execute("set disabled_optimizers = 'build_side_probe_side'")
            connection.execute("set enable_external_access = false")
            connection.execute(f"use {WAREHOUSE}")
            yield connection
        finally:
            connection.close()
