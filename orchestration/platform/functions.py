"""The functions of a snapshot's schema `marts`, made from the rows of dim_functions."""

import duckdb

LISTED = "select name, parameters, is_table, body from {marts}.dim_functions order by position"


def make_functions(connection: duckdb.DuckDBPyConnection, listed_in: str = "marts") -> None:
    """Make them in the database in use, whose marts they read; listed_in: where the rows stand."""
    for name, parameters, is_table, body in connection.execute(
        LISTED.format(marts=listed_in)
    ).fetchall():
        table = "table " if is_table else ""
        connection.execute(f"create or replace macro marts.{name}({parameters}) as {table}({body})")
