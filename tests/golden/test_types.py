"""Nothing on the way from an export to a page is inexact."""

from pathlib import Path

import duckdb


def test_no_column_of_any_layer_is_inexact(golden_warehouse: Path) -> None:
    with duckdb.connect(str(golden_warehouse), read_only=True) as connection:
        inexact = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where table_schema in ('staging', 'intermediate', 'marts')"
            " and data_type in ('DOUBLE', 'FLOAT', 'REAL')"
        ).fetchall()
    assert inexact == []
