"""Tables as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from typing import Any

from dashboards.data.tables import Table, rows
from dashboards.formatting import undirected

# what spreadsheets take for the start of a formula, full-width variants included
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a byte-order mark, numbers exact, nulls empty, texts inert."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(table.column_names)
    writer.writerows([inert(value) for value in row.values()] for row in rows(table))
    return buffer.getvalue().encode("utf-8-sig")


def inert(value: Any) -> Any:
    """Text that would be a formula gets an apostrophe; numbers stay numbers.

    What turns the direction of writing goes first: a formula could stand behind it.
    """
    if not isinstance(value, str):
        return value
    text = undirected(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text
