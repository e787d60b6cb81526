"""Arrow tables for their users: exact rows for sentences and files, doubles for charts."""

from collections.abc import Callable, Mapping
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
    """Rows built in Python, as a table of named and typed columns."""
    return pa.Table.from_pylist(listed, schema=pa.schema(schema))


def table_like(table: Table, listed: list[Row]) -> Table:
    """Rows as a table with the columns of another."""
    return pa.Table.from_pylist(listed, schema=table.schema)


def first(table: Table) -> Row | None:
    """The first row, or None if there is none."""
    return rows(table.slice(0, 1))[0] if table.num_rows else None


def within(table: Table, first_month: str, last_month: str, column: str = "month") -> Table:
    """The rows between two months, written as 2026-10."""
    matches = [first_month <= month <= last_month for month in table.column(column).to_pylist()]
    return table.filter(pa.array(matches, pa.bool_()))


def having(table: Table, column: str, value: str) -> Table:
    """The rows with this value in a column."""
    matches = [found == value for found in table.column(column).to_pylist()]
    return table.filter(pa.array(matches, pa.bool_()))


def trend(listed: list[Row], column: str) -> list[float] | None:
    """The known values of the last twelve rows for a sparkline; None if fewer than two."""
    found = [float(row[column]) for row in listed[-12:] if row[column] is not None]
    return found if len(found) > 1 else None


def drawn(table: Table) -> pd.DataFrame:
    """The table for the screen: decimals become doubles, as JavaScript has no decimals."""
    frame: pd.DataFrame = _in_doubles(table).to_pandas(date_as_object=False)
    return frame


def framed(data: Any) -> pd.DataFrame:
    """A table, frame or list of rows as a frame."""
    if isinstance(data, pa.Table):
        return drawn(data)
    return data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)


def worded(table: Table, words: Mapping[str, Callable[[Any], Any]]) -> Table:
    """The table with labels for ids and months, as Arrow, fetched by a grid in parts.

    words: by column, how the screen writes its ids and months; applied once per distinct value.
    """
    shown = _in_doubles(table)
    for name, word in words.items():
        column = shown.column(name).combine_chunks()
        if pa.types.is_null(column.type):
            continue
        kinds = column.dictionary_encode()
        said = pa.array([word(kind) for kind in kinds.dictionary.to_pylist()])
        place = shown.schema.get_field_index(name)
        shown = shown.set_column(place, name, said.take(kinds.indices))
    return shown


def _in_doubles(table: Table) -> Table:
    fields = [
        pa.field(field.name, pa.float64()) if pa.types.is_decimal(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
