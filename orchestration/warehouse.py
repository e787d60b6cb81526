"""The only place in orchestration that opens DuckDB."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.settings import Settings
from orchestration.space import duckdb_memory_mb

WAREHOUSE = "warehouse"
PUBLISHED = "published"


@contextmanager
def open_memory(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private memory database in UTC, with the home's limits and its own spill folder."""
    spill = settings.var / "tmp"
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
