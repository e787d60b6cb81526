"""Tables as a workbook: typed values, then their source and definitions, then people's notes."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import xlsxwriter

from dashboards.data.tables import Table, rows
from dashboards.formatting import undirected

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# a sheet has at most 1,048,576 rows, one of them the header
MOST_ROWS = 1_048_575
LONGEST_TEXT = 32_767
# up to four decimals is an amount or a quantity, more is a ratio
MONEY = "#,##0.00##;[Red]-#,##0.00##"
RATIO = "0.00####;[Red]-0.00####"
WHOLE = "#,##0;[Red]-#,##0"
DAY = "yyyy-mm-dd"
MOMENT = "yyyy-mm-dd hh:mm:ss"


def xlsx_bytes(
    table: Table,
    about: Mapping[str, str],
    definitions: Sequence[tuple[str, str]] = (),
    notes: Table | None = None,
) -> bytes:
    """The same rows as the screen and the CSV file, numbers as numbers and texts as texts.

    about: what the second sheet says about the data, in order.
    definitions: the columns with their definitions.
    notes: people's notes on the page; without any there is no such sheet.
    """
    source = dict(about)
    if table.num_rows > MOST_ROWS:
        source["Rows"] = f"the first {MOST_ROWS} of {table.num_rows}; the CSV file has all"
    return workbook_bytes((("Data", table),), source, definitions, notes)


def workbook_bytes(
    sheets: Sequence[tuple[str, Table]],
    about: Mapping[str, str],
    definitions: Sequence[tuple[str, str]] = (),
    notes: Table | None = None,
) -> bytes:
    """Several tables as one workbook, each on a sheet of its name."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": DAY,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        for name, table in sheets:
            _data(book, name, table.slice(0, MOST_ROWS))
        _about(book, about, definitions)
        if notes is not None and notes.num_rows:
            _data(book, "Notes", notes)
    return buffer.getvalue()


def _data(book: Any, name: str, table: Table) -> None:
    sheet = book.add_worksheet(name)
    heading = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    listed = rows(table)
    for number, column in enumerate(table.schema):
        form = _format(book, column.type)
        width = len(column.name)
        sheet.write_string(0, number, column.name, heading)
        for line, row in enumerate(listed, start=1):
            _write(sheet, line, number, row[column.name], form)
            if line <= 200:
                width = max(width, len(str(row[column.name] or "")))
        sheet.set_column(number, number, min(width, 60) + 2)
    if table.num_columns:
        sheet.autofilter(0, 0, max(table.num_rows, 1), table.num_columns - 1)


def _about(book: Any, about: Mapping[str, str], definitions: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("About")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    line = 0
    for name, text in about.items():
        sheet.write_string(line, 0, name[:LONGEST_TEXT], bold)
        sheet.write_string(line, 1, undirected(text)[:LONGEST_TEXT], wrapped)
        line += 1
    if definitions:
        sheet.write_string(line + 1, 0, "Column", bold)
        sheet.write_string(line + 1, 1, "Definition", bold)
        for offset, (name, text) in enumerate(definitions, start=line + 2):
            sheet.write_string(offset, 0, name[:LONGEST_TEXT], bold)
            sheet.write_string(offset, 1, text[:LONGEST_TEXT], wrapped)


def _format(book: Any, kind: Any) -> Any:
    form: str | None = None
    if pa.types.is_decimal(kind):
        form = MONEY if kind.scale <= 4 else RATIO
        if kind.scale == 0:
            form = WHOLE
    elif pa.types.is_integer(kind):
        form = WHOLE
    elif pa.types.is_floating(kind):
        form = RATIO
    elif pa.types.is_timestamp(kind):
        form = MOMENT
    elif pa.types.is_date(kind):
        form = DAY
    return book.add_format({"num_format": form}) if form else None


def _write(sheet: Any, line: int, column: int, value: Any, form: Any) -> None:
    """A cell of the value's type; null and NaN stay empty."""
    if value is None or value != value:
        return
    writers: tuple[tuple[type | tuple[type, ...], Callable[..., Any]], ...] = (
        (bool, sheet.write_boolean),
        ((int, float, Decimal), sheet.write_number),
        ((datetime, date), sheet.write_datetime),
    )
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC).replace(tzinfo=None)  # sheets have no time zones
    for kind, write in writers:
        if isinstance(value, kind):
            write(line, column, value, form)
            return
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    sheet.write_string(line, column, undirected(text)[:LONGEST_TEXT], form)
