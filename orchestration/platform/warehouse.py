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
    """A private in-memory database in UTC, with the home's limits and spill folder."""
    spill = settings.var / "tmp"
    # a home on a full or read-only disk can still be read; DuckDB reports it if it has to spill
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
    """A private in-memory database in UTC for SQL written by a user.

    It may read and write below `folder`, where it also spills, and read the files in `readable`;
    anything else raises duckdb.PermissionException. `options` are DuckDB settings applied before
    the configuration is locked. Extensions and Python variables are unavailable.
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
        # allowed paths must be set before access is disabled
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection
    finally:
        connection.close()


def parsed(*texts: str) -> list[dict[str, Any]]:
    """Parse SELECT statements with json_serialize_sql, without running them.

    If a text is not a SELECT, its `error` is true and `error_message` says why.
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
    """An in-memory database with the file attached as `warehouse`, the default database."""
    with open_memory(settings) as connection:
        mode = " (read_only)" if read_only else ""
        connection.execute(f"attach {quoted(str(path))} as {WAREHOUSE}{mode}")
        connection.execute(f"use {WAREHOUSE}")
        try:
            yield connection
        finally:
            connection.execute("use memory")
            connection.execute(f"detach {WAREHOUSE}")


def cursor_of(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection to the open warehouse with the same settings, for another thread."""
    cursor = connection.cursor()
    cursor.execute("set TimeZone = 'UTC'")
    cursor.execute(f"use {WAREHOUSE}")
    return cursor


def quoted(text: str) -> str:
    """The text as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def open_scratch(settings: Settings, snapshot: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database `warehouse` with the snapshot attached read-only as `published`.

    It writes nothing to the home, so any number of them can be open at once.
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
            # row counts of views over a few accounts are estimated wrong by orders of magnitude;
            # the models already join small tables to large ones
            connection.execute("set disabled_optimizers = 'build_side_probe_side'")
            connection.execute("set enable_external_access = false")
            connection.execute(f"use {WAREHOUSE}")
            yield connection
        finally:
            connection.close()
