"""Tables as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from typing import Any

from dashboards.data.tables import Table, rows

# what spreadsheets take for the start of a formula, full-width twins included
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a byte-order mark, numbers exact, nulls empty, texts inert."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(table.column_names)
    writer.writerows([inert(value) for value in row.values()] for row in rows(table))
    return buffer.getvalue().encode("utf-8-sig")


def inert(value: Any) -> Any:
    """Text that would be a formula gets an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value
