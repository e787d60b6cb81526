"""DuckDB for Great Expectations: no transactions, and one file attached read-only.

Great Expectations closes a connection before it fetches, and SQLAlchemy's rollback on close
discards DuckDB's pending result; so begin, commit and rollback do nothing here. The file is
attached as `warehouse`, the name under which its views were created.
"""

from typing import Any

import duckdb_engine
import sqlalchemy

from orchestration.platform.warehouse import WAREHOUSE, quoted

URL = "duckdb+seatshift:///:memory:"


_opened: list[Any] = []


class ReadOnlyWarehouse(duckdb_engine.Dialect):  # type: ignore[misc]
    """duckdb-engine's dialect with one file attached."""

    supports_statement_cache = False

    def connect(self, *args: Any, **parameters: Any) -> Any:
        file, schema = parameters.pop("warehouse"), parameters.pop("schema")
        connection = super().connect(*args, **parameters)
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {quoted(file)} as {WAREHOUSE} (read_only)")
        # Great Expectations leaves the schema out of some of its queries
        connection.execute(f"use {WAREHOUSE}.{schema}")
        _opened.append(connection)
        return connection

    def do_begin(self, connection: Any) -> None: ...

    def do_commit(self, connection: Any) -> None: ...

    def do_rollback(self, connection: Any) -> None: ...


def register() -> None:
    """Register the URL scheme with SQLAlchemy."""
    sqlalchemy.dialects.registry.register("duckdb.seatshift", __name__, "ReadOnlyWarehouse")


def close_all() -> None:
    """Release the file; Great Expectations keeps several connections open."""
    while _opened:
        connection = _opened.pop()
        connection.execute("use memory")
        connection.execute(f"detach {WAREHOUSE}")
        connection.close()
