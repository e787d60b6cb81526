"""Tables as CSV that a spreadsheet opens without running formulas."""

import csv
import io
from typing import Any

from dashboards.data.tables import Table, rows
from dashboards.formatting import undirected

# characters that start a formula in spreadsheets, including full-width variants
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a byte-order mark: exact numbers, empty cells for null, no formulas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(table.column_names)
    writer.writerows([inert(value) for value in row.values()] for row in rows(table))
    return buffer.getvalue().encode("utf-8-sig")


def inert(value: Any) -> Any:
    """Text that would be a formula gets a leading apostrophe; numbers stay numbers.

    Direction control characters are removed first: a formula could follow one.
    """
    if not isinstance(value, str):
        return value
    text = undirected(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text
