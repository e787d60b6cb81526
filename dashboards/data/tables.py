"""Between Arrow and those who use it: exact rows for sentences and files, doubles for drawing."""

from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

Table: TypeAlias = Any  # pyarrow.Table: pyarrow has no types
Row: TypeAlias = dict[str, Any]


def rows(table: Table) -> list[Row]:
    """One dict per row; decimals are Decimal, nulls are None."""
    listed: list[Row] = table.to_pylist()
    return listed


def table_of(listed: list[Row], schema: list[tuple[str, Any]]) -> Table:
    """Rows that no query gave, as a table of named and typed columns."""
    return pa.Table.from_pylist(listed, schema=pa.schema(schema))


def first(table: Table) -> Row | None:
    """The first row, or None where there is none."""
    return rows(table.slice(0, 1))[0] if table.num_rows else None


def drawn(table: Table) -> pd.DataFrame:
    """The table for the screen: decimals become doubles, which JavaScript has anyway."""
    fields = [
        pa.field(field.name, pa.float64()) if pa.types.is_decimal(field.type) else field
        for field in table.schema
    ]
    frame: pd.DataFrame = table.cast(pa.schema(fields)).to_pandas(date_as_object=False)
    return frame
