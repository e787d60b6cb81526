"""A sheet of an .xlsx workbook as CSV text, so that it is read like any other file.

Numbers have the fifteen digits that a spreadsheet shows, dates and times are ISO 8601, empty rows
are left out. A cell keeps its type: text stays text, so leading zeros of an id survive.
"""

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

# the workbook is read into memory as a whole
LARGEST_CONTENT = 512 * 1024 * 1024
DIGITS = 15
Cell = int | float | str | bool | time | date | datetime | timedelta


class SheetFault(Exception):
    """The workbook cannot be read as one table; the text says why, without the file's name."""


def write_sheet(workbook: Path, target: Path, name: str = "") -> None:
    """Write the named sheet, or the only one with cells, to `target` as UTF-8 CSV.

    Raises SheetFault if the workbook is damaged or too large, if the sheet is not clear, or if a
    number has more digits than a spreadsheet can hold.
    """
    _check_size(workbook)
    try:
        book = CalamineWorkbook.from_path(workbook)
        sheet = _sheet(book, name)
        width, unnamed = _columns(sheet)
        with target.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            for row in _filled(sheet):
                writer.writerow(
                    [
                        _text(sheet, cell)
                        for place, cell in enumerate(row[:width])
                        if place not in unnamed
                    ]
                )
    except CalamineError as error:
        raise SheetFault(f"cannot be read as a workbook ({error}); save it again") from None


def sheet_names(workbook: Path) -> list[str]:
    """The names of the sheets with cells; raises SheetFault like write_sheet."""
    _check_size(workbook)
    try:
        book = CalamineWorkbook.from_path(workbook)
        return list(_sheets(book))
    except CalamineError as error:
        raise SheetFault(f"cannot be read as a workbook ({error}); save it again") from None


def cell_text(cell: Cell) -> str | None:
    """The cell as text; None if its number has more digits than a spreadsheet can hold."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        if abs(cell) >= 10**DIGITS:
            return None
        number = Decimal(format(cell, f".{DIGITS}g"))
        return format(number, "f") if number else "0"
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return cell if isinstance(cell, str) else cell.isoformat()


def _check_size(workbook: Path) -> None:
    try:
        with zipfile.ZipFile(workbook) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise SheetFault(f"is not an .xlsx workbook ({error}); save it again") from None
    if size > LARGEST_CONTENT:
        raise SheetFault(
            f"has {size // 2**20:,} MB of content, and at most {LARGEST_CONTENT // 2**20} MB of a "
            "workbook are read; save the sheet as CSV"
        )


def _sheets(book: CalamineWorkbook) -> dict[str, CalamineSheet]:
    sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    return {sheet.name: sheet for sheet in sheets if sheet.end is not None}


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    filled = _sheets(book)
    shown = ", ".join(f"`{known}`" for known in filled) or "none"
    if name:
        if name not in filled:
            raise SheetFault(f"has no sheet `{name}` with cells; its sheets with cells are {shown}")
        return filled[name]
    if len(filled) != 1:
        raise SheetFault(
            f"has {len(filled)} sheets with cells ({shown}); "
            + ("name one with `sheet:` in a mapping" if filled else "send the file again")
        )
    return next(iter(filled.values()))


def _filled(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    """The rows that have a cell, the header first."""
    return (row for row in sheet.iter_rows() if any(cell != "" for cell in row))


def _columns(sheet: CalamineSheet) -> tuple[int, set[int]]:
    """The width up to the last column with cells, and the empty columns without a header."""
    used: set[int] = set()
    for row in _filled(sheet):
        used.update(place for place, cell in enumerate(row) if cell != "")
    width = max(used, default=-1) + 1
    return width, set(range(width)) - used


def _text(sheet: CalamineSheet, cell: Cell) -> str:
    text = cell_text(cell)
    if text is None:
        raise SheetFault(
            f"has the number {cell:.0f} in the sheet `{sheet.name}`, and a spreadsheet holds only "
            f"{DIGITS} digits of a number; format the column as text and export it again"
        )
    return text
