"""The rows that a mapping's target makes of one file, as a relation."""

import re
from dataclasses import dataclass

import duckdb

from orchestration.ingest.files import Refused, VerifiedFile
from orchestration.ingest.mapping import Source, Target
from orchestration.ingest.read import (
    Relation,
    identifier,
    nearest,
    open_relation,
    rejected_rows,
    with_true_rows,
)
from orchestration.warehouse import quoted

_MISSING = (
    re.compile(r'Referenced column "(?P<column>[^"]+)" not found'),
    re.compile(
        r'(?:Table|Values list) "(?P<table>[^"]+)" does not have a column named "(?P<column>[^"]+)"'
    ),
    re.compile(r'Referenced table "(?P<table>[^"]+)" not found'),
)


@dataclass(frozen=True)
class MappedRows:
    """Rows made of a file; `rejects` names a table of the file's lines that are no rows."""

    relation: Relation
    rejects: str | None


def used_sources(connection: duckdb.DuckDBPyConnection, target: Target) -> list[Source]:
    """The sources that the select reads; Refused where it is no SQL."""
    try:
        names = connection.get_table_names(target.select)
    except duckdb.Error as error:
        raise Refused(f"{target.name}: the select is no DuckDB SQL: {_first(error)}.") from None
    return [source for source in target.sources if source.name in names]


def open_target(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    file: VerifiedFile,
    others: dict[str, list[VerifiedFile]],
) -> MappedRows:
    """Show the sources as text and run the select over them.

    Rows are numbered by the source's row and then by content, so that the same file gives the
    same numbers; lines that are no rows are numbered before them.
    """
    files = {target.rows_of.name: [file], **others}
    rejects: str | None = None
    for source in target.sources:
        if source.name in files:
            found = _show(connection, source, files[source.name])
            rejects = found if source == target.rows_of else rejects
    columns = _output(connection, target, files)
    order = ", ".join(
        identifier(name) for name in sorted(columns, key=lambda name: name.casefold() != "_row")
    )
    made = {
        name: kind for name, kind in columns.items() if name.casefold() not in ("_row", "_file")
    }
    shown = ", ".join(identifier(name) for name in made)
    before = 0
    if rejects is not None:
        before = _renumbered(connection, rejects)
    sql = f"""
        select row_number() over (order by {order}) + {before} as _row, {shown}
        from ({target.select.rstrip().rstrip(";")}) as made
    """
    return MappedRows(Relation(sql, made), rejects)


def _renumbered(connection: duckdb.DuckDBPyConnection, rejects: str) -> int:
    """Number the rejected lines from 1 on; gives their count."""
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
    """Make the view of a source: its columns as text, `_file` and `_row`."""
    selects: list[str] = []
    rejects: str | None = None
    for file in files:
        relation = open_relation(connection, file, source.text)
        if relation.rejects is not None:
            # every column must be asked for, or lines are not checked
            cells = ", ".join(identifier(name) for name in relation.columns)
            connection.execute(f"select max(hash({cells})) from ({relation.sql})").fetchall()
            rejects = rejected_rows(connection, relation)
            relation = relation if rejects is None else with_true_rows(relation, rejects)
        columns = ", ".join(
            f"cast({identifier(name)} as varchar) as {identifier(name)}"
            for name in relation.columns
        )
        selects.append(
            f"select {quoted(file.file.name)} as _file, _row, {columns} from ({relation.sql})"
        )
    connection.execute(
        f"create or replace temp view {identifier(source.name)} as "
        f"{' union all by name '.join(selects)}"
    )
    return rejects


def _output(
    connection: duckdb.DuckDBPyConnection, target: Target, files: dict[str, list[VerifiedFile]]
) -> dict[str, str]:
    try:
        rows = connection.execute(f"describe {target.select}").fetchall()
    except duckdb.BinderException as error:
        raise Refused(_missing(connection, target, files, error)) from None
    except duckdb.Error as error:
        raise Refused(f"{target.name}: the select is no DuckDB SQL: {_first(error)}.") from None
    return {str(row[0]): str(row[1]) for row in rows}


def _missing(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    files: dict[str, list[VerifiedFile]],
    error: duckdb.Error,
) -> str:
    """Which file lacks which column, as far as DuckDB's message tells."""
    found = next((match for rule in _MISSING if (match := rule.search(str(error)))), None)
    if found is None or "column" not in found.groupdict():
        return f"{target.name}: the select cannot run: {_first(error)}."
    source = found.groupdict().get("table")
    source = source if source in files else target.rows_of.name
    columns = [
        str(row[0])
        for row in connection.execute(f"describe {identifier(source)}").fetchall()
        if row[0] not in ("_file", "_row")
    ]
    names = ", ".join(file.file.name for file in files[source])
    column = found.group("column")
    return (
        f"{names} lacks the column `{column}` that {target.name} names; {nearest(column, columns)}."
    )


def _first(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
