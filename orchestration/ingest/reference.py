"""Reads and checks the home's reference files and fills in defaults.

The files are small and written by people, so they are read row by row, and every problem names
file, line and column. Values stay exact text until DuckDB casts them.
"""

import csv
import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.ingest.cast import SCALES
from orchestration.ingest.price_book import REFERENCE, ReferenceSpec
from orchestration.ingest.price_book_rules import check_price_book
from orchestration.ingest.read import identifier, nearest
from orchestration.ingest.reference_rows import Problem, Row
from orchestration.ingest.specs import SQL_TYPES, Column
from orchestration.ingest.wallet_rules import check_wallets
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import quoted

SHIPPED_THRESHOLDS = Path(__file__).parent / "defaults" / "thresholds.csv"
PRICE_BOOK = (
    "plans",
    "charges",
    "tiers",
    "rate_tables",
    "credit_grants",
    "contract_prices",
    "discounts",
    "scenarios",
)


@dataclass(frozen=True)
class Reference:
    """All reference tables of a home, valid and complete; a table may be empty.

    `price_version` is a hash of the price book's content: the same rows have the same version.
    """

    tables: dict[str, list[Row]]
    price_version: str

    @property
    def fingerprint(self) -> str:
        """A hash of the content of all reference files."""
        return _fingerprint(self.tables, tuple(REFERENCE))


def load_reference(settings: Settings) -> Reference:
    """Read and check HOME/reference/*.csv; InputError has the first problem and their number."""
    tables, problems = read_reference(settings)
    if problems:
        count = len(problems) - 1
        more = f" ({count} more {'problem' if count == 1 else 'problems'}.)" if count else ""
        raise InputError(f"{problems[0].sentence}{more}")
    tables["thresholds"] = _with_shipped(tables["thresholds"])
    return Reference(tables, _fingerprint(tables, PRICE_BOOK))


def read_reference(settings: Settings) -> tuple[dict[str, list[Row]], list[Problem]]:
    """The rows of every reference file, and every problem in them."""
    problems: list[Problem] = []
    tables = {
        name: read_file(settings.reference / f"{name}.csv", spec, problems)
        for name, spec in REFERENCE.items()
    }
    if not problems:
        problems += check_price_book(tables) + check_wallets(tables)
    return tables, problems


def write_reference(connection: duckdb.DuckDBPyConnection, reference: Reference) -> None:
    """Create the tables of schema `reference` in the connection's default database."""
    for name, spec in REFERENCE.items():
        write_table(connection, spec, reference.tables[name])


def write_table(
    connection: duckdb.DuckDBPyConnection, spec: ReferenceSpec, rows: list[Row]
) -> None:
    """Create one table of schema `reference` in the connection's default database."""
    if not rows:
        columns = ", ".join(
            f"{identifier(column.name)} {SQL_TYPES[column.kind]}" for column in spec.columns
        )
        connection.execute(f"create or replace table reference.{spec.name} ({columns})")
        return
    selected = ", ".join(
        f"cast({identifier(column.name)} as {SQL_TYPES[column.kind]}) as {identifier(column.name)}"
        for column in spec.columns
    )
    # with bound parameters, DuckDB would import pandas
    lists = ", ".join(
        f"unnest(cast([{', '.join(_literal(row.values[column.name]) for row in rows)}] "
        f"as varchar[])) as {identifier(column.name)}"
        for column in spec.columns
    )
    connection.execute(
        f"create or replace table reference.{spec.name} as select {selected} from (select {lists})"
    )


def _literal(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def _fingerprint(tables: dict[str, list[Row]], names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        lines = sorted(
            "\x1f".join("" if value is None else value for value in row.values.values())
            for row in tables[name]
        )
        digest.update("\x1e".join([name, *lines, ""]).encode())
    return digest.hexdigest()[:12]


def _with_shipped(rows: list[Row]) -> list[Row]:
    """The home's thresholds, and the shipped ones that it does not override."""
    problems: list[Problem] = []
    shipped = read_file(SHIPPED_THRESHOLDS, REFERENCE["thresholds"], problems)
    own = {_threshold_key(row) for row in rows}
    return [*rows, *(row for row in shipped if _threshold_key(row) not in own)]


def _threshold_key(row: Row) -> tuple[str | None, ...]:
    return tuple(row.values[name] for name in REFERENCE["thresholds"].key)


def read_file(path: Path, spec: ReferenceSpec, problems: list[Problem]) -> list[Row]:
    """The file's rows as text; adds what is wrong with them to the problems."""
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header: list[str] = []
            for cells in reader:
                if not _is_comment(cells):
                    header = [name.strip() for name in cells]
                    break
            if not _check_header(path, spec, header, max(reader.line_num, 1), problems):
                return []
            rows: list[Row] = []
            line = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells) and not _is_comment(cells):
                    row = _row(path, spec, header, cells, line, problems)
                    if row is not None:
                        rows.append(row)
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(path.name, None, None, f"cannot be read as UTF-8 CSV: {error}"))
        return []
    _check_keys(spec, rows, problems)
    return rows


def _is_comment(cells: list[str]) -> bool:
    return bool(cells) and cells[0].lstrip().startswith("#")


def _check_header(
    path: Path, spec: ReferenceSpec, header: list[str], line: int, problems: list[Problem]
) -> bool:
    known = [column.name for column in spec.columns]
    before = len(problems)
    for name in header:
        if name not in known:
            problems.append(
                Problem(
                    path.name, line, name, f"is not a column of {path.name}; {nearest(name, known)}"
                )
            )
        elif header.count(name) > 1:
            problems.append(Problem(path.name, line, name, "is in the header twice"))
    for column in spec.columns:
        if column.required and column.name not in header:
            problems.append(
                Problem(
                    path.name,
                    line,
                    column.name,
                    f"is missing from the header; {nearest(column.name, header)}",
                )
            )
    return len(problems) == before


def _row(
    path: Path,
    spec: ReferenceSpec,
    header: list[str],
    cells: list[str],
    line: int,
    problems: list[Problem],
) -> Row | None:
    if len(cells) != len(header):
        problems.append(
            Problem(path.name, line, None, f"has {len(cells)} cells; the header has {len(header)}")
        )
        return None
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    values: dict[str, str | None] = {}
    for column in spec.columns:
        text = given.get(column.name) or None
        problem = cell_fault(column, text)
        if problem is not None:
            problems.append(Problem(path.name, line, column.name, problem))
        values[column.name] = text or column.default
    return Row(path.name, line, values)


def cell_fault(column: Column, text: str | None) -> str | None:
    """What is wrong with one cell, or None."""
    if text is None:
        return "is empty; enter a value" if column.required else None
    if column.allowed and text not in column.allowed:
        return f"is {text!r}; use one of {', '.join(column.allowed)}"
    if column.kind == "date":
        try:
            date.fromisoformat(text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else "")
        except ValueError:
            return f"is {text!r}; use a date such as 2026-01-31"
    elif column.kind in SCALES:
        scale, digits = SCALES[column.kind]
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, re.ASCII):
            return f"is {text!r}; use a plain number such as 39.00"
        number = Decimal(text).normalize()
        if abs(number) >= Decimal(10) ** digits or number != round(number, scale):
            return (
                f"is {text!r}; at most {digits} digits before and {scale} after the decimal point "
                "are allowed"
            )
    return None


def _check_keys(spec: ReferenceSpec, rows: list[Row], problems: list[Problem]) -> None:
    seen: dict[tuple[str | None, ...], int] = {}
    for row in rows:
        key = tuple(row.values[name] for name in spec.key)
        if key in seen:
            shown = ", ".join(f"{name} {row.values[name]}" for name in spec.key if row.values[name])
            problems.append(
                Problem(row.file, row.line, spec.key[0], f"repeats row {seen[key]} ({shown})")
            )
        seen.setdefault(key, row.line)
