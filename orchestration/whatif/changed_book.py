"""The price book with changes applied, and the cells that differ.

Cells are named as in the published book; rows are added and removed after that (`change_rows`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.ingest.price_book import REFERENCE, ReferenceSpec
from orchestration.ingest.price_book_rules import Tables, check_price_book
from orchestration.ingest.read import nearest
from orchestration.ingest.reference import cell_fault
from orchestration.ingest.reference_rows import Row
from orchestration.ingest.specs import Column
from orchestration.pipeline.rating_chain import BOOK
from orchestration.platform.errors import RequestError
from orchestration.whatif.change import CHARGES, CellChange, Change, RowChange, cell_at
from orchestration.whatif.change_rows import OF_CHARGES, short, with_rows

VERSION = re.compile(r"@(\d{4}-\d{2}-\d{2})")
# the rows of a scenario are one proposal; any other change applies to one row
SEVERAL = ("scenarios",)
# the thresholds that define a shock; the others affect only results that a what-if does not show
THRESHOLDS = "migration_"


@dataclass(frozen=True)
class ChangedCell:
    """One cell of the price book, before and after; `key` as a user would write it.

    An added row has no values before, a removed one none after.
    """

    table: str
    key: str
    column: str
    before: str | None
    after: str | None
    row_before: dict[str, str | None]
    row_after: dict[str, str | None]

    @property
    def row_id(self) -> tuple[str, str]:
        """The common part of the changes of one row."""
        return self.table, self.key

    @property
    def is_of_a_cell(self) -> bool:
        """Whether the row exists before and after."""
        return any(self.row_before.values()) and any(self.row_after.values())

    def values(self, column: str) -> set[str]:
        """The row's value in a column, before and after."""
        found = {self.row_before[column], self.row_after[column]}
        return {value for value in found if value is not None}


def read_book(connection: duckdb.DuckDBPyConnection, database: str) -> Tables:
    """Every reference table of a database as text, as in its CSV file."""
    return {name: _rows(connection, database, REFERENCE[name]) for name in REFERENCE}


def changed_book(book: Tables, changes: Sequence[Change]) -> tuple[Tables, list[ChangedCell]]:
    """The book with every change, and the cells that differ.

    Raises RequestError, with one sentence, if a change names nothing that exists or the book would
    break a rule.
    """
    of_rows = [change for change in changes if isinstance(change, RowChange)]
    of_cells = [change for change in changes if isinstance(change, CellChange)]
    changed, places = _with_cells(book, of_cells)
    changed = with_rows(changed, of_rows)
    _refuse_broken(book, changed)
    # if rows are added or removed, a row's place no longer identifies it
    rewritten = (CHARGES, *OF_CHARGES) if of_rows else ()
    found = [
        cell
        for table, place, column in places
        if table not in rewritten
        for cell in _of_row(table, book[table][place], changed[table][place], (column,))
    ]
    for table in rewritten:
        found += _row_changes(table, book[table], changed[table])
    return changed, found


def _with_cells(
    book: Tables, changes: Sequence[CellChange]
) -> tuple[Tables, list[tuple[str, int, str]]]:
    """The book with changed cells, and where they are: table, row, column."""
    changed = {name: list(rows) for name, rows in book.items()}
    places: dict[tuple[str, int, str], None] = {}
    for change in changes:
        found, column = _found(book, change)
        for place in found:
            row = changed[change.table][place]
            fault = cell_fault(column, change.value)
            if fault is not None:
                raise RequestError(f"{change.target} {fault}.")
            values = {**row.values, column.name: short(column, change.value or column.default)}
            changed[change.table][place] = Row(row.file, row.line, values)
            places[(change.table, place, column.name)] = None
    return changed, list(places)


def _row_changes(table: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[ChangedCell]:
    """The differences between two states of a table, row by row, matched by key."""
    spec = REFERENCE[table]
    columns = [column.name for column in spec.columns if column.name not in spec.key]
    was, now = (
        {tuple(row.values[name] for name in spec.key): row for row in side}
        for side in (before, after)
    )
    for key in dict.fromkeys([*was, *now]):
        yield from _of_row(table, was.get(key), now.get(key), columns)


def _of_row(
    table: str, before: Row | None, after: Row | None, columns: Sequence[str]
) -> Iterator[ChangedCell]:
    row = before or after
    assert row is not None
    nothing: dict[str, str | None] = dict.fromkeys(row.values)
    was, now = (side.values if side is not None else nothing for side in (before, after))
    for column in columns:
        if was[column] != now[column]:
            yield ChangedCell(
                table=table,
                key=_spelled(REFERENCE[table], row),
                column=column,
                before=was[column],
                after=now[column],
                row_before=was,
                row_after=now,
            )


def cell(book: Tables, target: str) -> str | None:
    """The value at `table.key.column`, in its newest version; None if the cell is empty.

    Raises RequestError if the target names no cell, or several.
    """
    at = cell_at(target)
    places, column = _found(book, at)
    values = {book[at.table][place].values[column.name] for place in places}
    if len(values) > 1:
        raise RequestError(f"{target} has several values in the price book; they must be one.")
    return values.pop()


def _rows(connection: duckdb.DuckDBPyConnection, database: str, spec: ReferenceSpec) -> list[Row]:
    listed = ", ".join(f'cast("{column.name}" as varchar)' for column in spec.columns)
    found = connection.execute(
        f"select {listed} from {database}.reference.{spec.name} order by rowid"
    ).fetchall()
    return [
        Row(
            f"{spec.name}.csv",
            line,
            {
                column.name: short(column, value)
                for column, value in zip(spec.columns, values, strict=True)
            },
        )
        for line, values in enumerate(found, start=2)
    ]


def _found(book: Tables, change: CellChange) -> tuple[list[int], Column]:
    """The positions of the rows and the column that a change names."""
    table, key, column, target = change.table, change.key, change.column, change.target
    if table not in BOOK:
        raise RequestError(
            f"{target} names no file of the price book; "
            f"{nearest(table, list(BOOK), 'one', 'it has')}."
        )
    spec = REFERENCE[table]
    if not key:
        raise RequestError(
            f"{target} names no row: write {table}.{'.'.join(_parts(spec))}.column=value."
        )
    settable = [one.name for one in spec.columns if one.name not in spec.key]
    if column in spec.key:
        raise RequestError(
            f"{target}: {column} names the row, so a what-if cannot change it; "
            f"add the row to {table}.csv and refresh."
        )
    if column not in settable:
        raise RequestError(
            f"{target}: {table}.csv has no column {column!r}; "
            f"{nearest(column, settable, 'one', 'it has')}."
        )
    places = _places(book[table], spec, key, target)
    if table == "thresholds" and not all(
        book[table][place].text("name").startswith(THRESHOLDS) for place in places
    ):
        raise RequestError(
            f"{target}: a what-if shows no verdict, so only the thresholds {THRESHOLDS}… "
            "change its result; change the others in thresholds.csv and refresh."
        )
    return places, next(one for one in spec.columns if one.name == column)


def _parts(spec: ReferenceSpec) -> list[str]:
    return [name for name in spec.key if name != "valid_from"]


def _spelled(spec: ReferenceSpec, row: Row) -> str:
    """A row's key as users write it."""
    return ".".join(row.text(name) for name in _parts(spec) if row.values[name] is not None)


def _places(rows: list[Row], spec: ReferenceSpec, key: str, target: str) -> list[int]:
    version = VERSION.search(key)
    name = VERSION.sub("", key)
    named: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        spelled = _spelled(spec, row)
        if spelled == name or spelled.startswith(f"{name}."):
            named[spelled].append(place)
    if name in named and spec.name not in SEVERAL:
        named = {name: named[name]}
    if not named:
        known = sorted({_spelled(spec, row) for row in rows})
        raise RequestError(
            f"{target}: {spec.name}.csv has no row {name!r}; "
            f"{nearest(name, known, 'one', 'it has')}."
        )
    if len(named) > 1 and spec.name not in SEVERAL:
        raise RequestError(
            f"{target} names {len(named)} rows of {spec.name}.csv: use one of "
            f"{', '.join(sorted(named)[:6])}."
        )
    places = [place for found in named.values() for place in found]
    if "valid_from" not in spec.key:
        return places
    # tiers belong together: the newest version is the charge's, not each tier's
    owner = rows[places[0]].values[spec.key[0]]
    kin = (
        places
        if spec.name != "tiers"
        else [place for place, row in enumerate(rows) if row.values[spec.key[0]] == owner]
    )
    versions = {rows[place].text("valid_from") for place in kin}
    wanted = version.group(1) if version else max(versions)
    chosen = [place for place in places if rows[place].text("valid_from") == wanted]
    if not chosen:
        raise RequestError(
            f"{target}: {spec.name}.csv has no row {name!r} valid from {wanted}; "
            f"there are {', '.join(sorted(rows[place].text('valid_from') for place in places))}."
        )
    return chosen


def _refuse_broken(book: Tables, changed: Tables) -> None:
    before = {problem.sentence for problem in check_price_book(book)}
    for problem in check_price_book(changed):
        if problem.sentence not in before:
            spec = REFERENCE[problem.file.removesuffix(".csv")]
            row = next((row for row in changed[spec.name] if row.line == problem.line), None)
            key = f".{_spelled(spec, row)}" if row else ""
            raise RequestError(
                f"With this change the price book would break a rule: {spec.name}{key}: "
                f"{problem.column or 'the row'} {problem.found}."
            )
