"""The rows that a mapping's target makes from one file, as a relation."""

import re
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb

from orchestration.ingest.advice import advice_on_header
from orchestration.ingest.cast import text_of
from orchestration.ingest.files import Refused, VerifiedFile
from orchestration.ingest.functions import define_functions, utc_text
from orchestration.ingest.ids import with_accounts
from orchestration.ingest.mapping import Source, Target
from orchestration.ingest.read import (
    Relation,
    identifier,
    nearest,
    open_relation,
    rejected_rows,
    with_true_rows,
)
from orchestration.platform.warehouse import quoted

_MISSING = (
    re.compile(r'Referenced column "(?P<column>[^"]+)" not found'),
    re.compile(
        r'(?:Table|Values list) "(?P<table>[^"]+)" does not have a column named "(?P<column>[^"]+)"'
    ),
    re.compile(r'Referenced table "(?P<table>[^"]+)" not found'),
)


@dataclass(frozen=True)
class MappedRows:
    """Rows made from a file; `rejects` names a table of lines that could not be parsed.

    `passed_over` counts the file's rows from which the select made no row.
    """

    relation: Relation
    rejects: str | None
    passed_over: int


def open_target(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    file: VerifiedFile,
    others: dict[str, list[VerifiedFile]],
) -> MappedRows:
    """Create views of the sources as text and run the select, on the mapping's own connection.

    If each file row yields at most one row, that row has the file row's number. Otherwise rows are
    numbered by source row and then by content, so that the same file always gives the same
    numbers; lines that could not be parsed come first.
    """
    define_functions(connection, target.rows_of.style, target.company_zone)
    for name, value in target.values.items():
        text = "null" if value is None else quoted(value)
        connection.execute(f"set variable {identifier(name)} = cast({text} as varchar)")
    files = {target.rows_of.name: [file], **others}
    rejects: str | None = None
    for source in target.sources:
        if source.name in files and not files[source.name]:
            _show_empty(connection, source)
        elif source.name in files:
            found = _show(connection, source, files[source.name])
            rejects = found if source == target.rows_of else rejects
    columns = _output(connection, target, files)
    made = {
        name: kind for name, kind in columns.items() if name.casefold() not in ("_row", "_file")
    }
    shown = ", ".join(identifier(name) for name in made)
    counted = _counted(connection, target, columns)
    if counted is not None and counted.is_one_to_one:
        sql = f"select cast(_row as bigint) as _row, {shown} from {target.sub_select} as made"
        made_rows = with_accounts(connection, Relation(sql, made), target.pairs)
        return MappedRows(made_rows, rejects, counted.passed_over)
    order = ", ".join(
        identifier(name) for name in sorted(columns, key=lambda name: name.casefold() != "_row")
    )
    before = 0
    if rejects is not None:
        before = _renumbered(connection, rejects)
    sql = f"""
        select row_number() over (order by {order}) + {before} as _row, {shown}
        from {target.sub_select} as made
    """
    made_rows = with_accounts(connection, Relation(sql, made), target.pairs)
    return MappedRows(made_rows, rejects, counted.passed_over if counted else 0)


@dataclass(frozen=True)
class _Counted:
    is_one_to_one: bool
    passed_over: int


def _counted(
    connection: duckdb.DuckDBPyConnection, target: Target, columns: dict[str, str]
) -> _Counted | None:
    """How the select's rows relate to the file's rows; None if it does not return `_row`."""
    if "_row" not in [name.casefold() for name in columns]:
        return None
    row = connection.execute(
        f"""
        select
            (select count(*) from {identifier(target.rows_of.name)}),
            count(*), count(distinct _row)
        from {target.sub_select} as made
        """
    ).fetchone()
    read, made, distinct = row or (0, 0, 0)
    return _Counted(is_one_to_one=made == distinct, passed_over=max(read - distinct, 0))


def _renumbered(connection: duckdb.DuckDBPyConnection, rejects: str) -> int:
    """Number the rejected lines from 1 and return their count."""
    connection.execute(
        f"create or replace temp table {rejects} as "
        "select * replace (row_number() over (order by row_number) as row_number) "
        f"from {rejects}"
    )
    row = connection.execute(f"select count(*) from {rejects}").fetchone()
    return int(row[0]) if row else 0


def _show(
    connection: duckdb.DuckDBPyConnection, source: Source, files: list[VerifiedFile]
) -> str | None:
    """Create the view of a source: its columns as text, `_file` and `_row`."""
    selects: list[str] = []
    rejects: str | None = None
    for file in files:
        relation = open_relation(connection, file, source.text)
        if relation.rejects is not None:
            # DuckDB checks lines only if every column is read
            cells = ", ".join(identifier(name) for name in relation.columns)
            connection.execute(f"select max(hash({cells})) from ({relation.sql})").fetchall()
            rejects = rejected_rows(connection, relation)
            relation = relation if rejects is None else with_true_rows(relation, rejects)
        columns = ", ".join(_cells(source, file, list(relation.columns)))
        selects.append(
            f"select {quoted(file.file.name)} as _file, _row, {columns} from ({relation.sql})"
        )
    connection.execute(
        f"create or replace temp view {identifier(source.name)} as "
        f"{' union all by name '.join(selects)}"
    )
    return rejects


def _show_empty(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Create the view of a source without files: its optional columns, and no row."""
    columns = "".join(f", cast(null as varchar) as {identifier(name)}" for name in source.optional)
    connection.execute(
        f"create or replace temp view {identifier(source.name)} as "
        f"select cast(null as varchar) as _file, cast(null as bigint) as _row{columns} where false"
    )


def _cells(source: Source, file: VerifiedFile, names: list[str]) -> list[str]:
    """The columns of a file as text; null if a cell is one of the source's null texts."""
    zones = {
        found: (name, zone)
        for name in source.zoned
        for found, zone in [_zone_of(file, name, names)]
    }
    cells: list[str] = []
    for name in names:
        text = f"cast({identifier(name)} as varchar)"
        if source.style.nulls or name in zones:
            text = text_of(text, "VARCHAR", source.style)
        shown = name
        if name in zones:
            shown, zone = zones[name]
            text = utc_text(text, replace(source.style, time_zone=zone))
        cells.append(f"{text} as {identifier(shown)}")
    there = {name.casefold() for name in names}
    cells += [
        f"cast(null as varchar) as {identifier(name)}"
        for name in source.optional
        if name.casefold() not in there
    ]
    return cells


def _zone_of(file: VerifiedFile, name: str, names: list[str]) -> tuple[str, str]:
    """The header `name (<time zone>)` of the file, and the zone."""
    for header in names:
        found = re.fullmatch(rf"{re.escape(name)}\s*\((?P<zone>[^()]+)\)", header, re.IGNORECASE)
        if found is None:
            continue
        zone = found["zone"].strip()
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Refused(
                f"{file.file.name}: the header `{header}` names {zone!r}, which is not an "
                "IANA time zone; export the file with another zone."
            ) from None
        return header, zone
    raise Refused(
        f"{file.file.name} lacks the column `{name} (<time zone>)`; {nearest(name, names)}."
    )


def _output(
    connection: duckdb.DuckDBPyConnection, target: Target, files: dict[str, list[VerifiedFile]]
) -> dict[str, str]:
    try:
        rows = connection.execute(f"describe from {target.sub_select} as made").fetchall()
    except duckdb.PermissionException:
        raise  # not an error in the SQL, see read_errors
    except duckdb.BinderException as error:
        raise Refused(_missing(connection, target, files, error)) from None
    except duckdb.Error as error:
        raise Refused(
            f"{target.name}: the select is not valid DuckDB SQL: {_first(error)}."
        ) from None
    return {str(row[0]): str(row[1]) for row in rows}


def _missing(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    files: dict[str, list[VerifiedFile]],
    error: duckdb.Error,
) -> str:
    """Which file lacks which column, as far as DuckDB's message says."""
    found = next((match for rule in _MISSING if (match := rule.search(str(error)))), None)
    if found is None or "column" not in found.groupdict():
        return f"{target.name}: the select cannot run: {_first(error)}."
    column = found.group("column")
    named = found.groupdict().get("table")
    shown = {name: _columns(connection, name) for name in files}
    # an unqualified column is attributed to the first source that lacks it
    lacking = [
        name
        for name, columns in shown.items()
        if column.casefold() not in [known.casefold() for known in columns]
    ]
    source = named if named in files else next(iter(lacking), target.rows_of.name)
    names = ", ".join(file.file.name for file in files[source])
    text = next(known.text for known in target.sources if known.name == source)
    advice = advice_on_header(shown[source], text.delimiter)
    if advice is not None:
        return f"{names} lacks the column `{column}` that {target.name} reads; {advice}"
    return (
        f"{names} lacks the column `{column}` that {target.name} reads; "
        f"{nearest(column, shown[source])}."
    )


def _columns(connection: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    rows = connection.execute(f"describe {identifier(source)}").fetchall()
    return [str(row[0]) for row in rows if row[0] not in ("_file", "_row")]


def _first(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
