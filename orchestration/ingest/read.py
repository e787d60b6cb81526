"""A verified file as a relation in DuckDB: `_row` (1 = first data row) and its columns.

Nothing is auto-detected: delimiter, quote and encoding are given, the header is read here and
matched by name, and every CSV value stays text. Parquet columns keep their type.
"""

import csv
import difflib
import io
from dataclasses import dataclass
from itertools import count

import duckdb

from orchestration.ingest.files import LONGEST_LINE, Refused, VerifiedFile
from orchestration.platform.warehouse import quoted

MOST_COLUMNS = 2000
# a delimiter that does not occur in text files, so that a line is one cell
UNUSED = "\x01"
_scans = count(1)


@dataclass(frozen=True)
class TextFormat:
    """How a delimited text file is written, or which sheet of a workbook is read."""

    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str = ""


@dataclass(frozen=True)
class Relation:
    """A select that yields `_row` and the columns; `rejects` names the table of bad lines.

    `counts_rejects` says whether `_row` also counts those lines.
    """

    sql: str
    columns: dict[str, str]
    rejects: str | None = None
    counts_rejects: bool = False


def identifier(name: str) -> str:
    """The name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def nearest(
    name: str, names: list[str], one: str = "column", all_of: str = "the file's columns"
) -> str:
    """The most similar name, or all of them if none is close."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"the closest {one} is `{close[0]}`"
    shown = ", ".join(f"`{known}`" for known in names[:12])
    return f"{all_of}: {shown or 'none'}"


def open_relation(
    connection: duckdb.DuckDBPyConnection, source: VerifiedFile, text: TextFormat
) -> Relation:
    """The file as a relation; Refused if its header or structure cannot be read."""
    if source.file.format == "csv":
        return _csv(source, text)
    if source.file.format == "xlsx":
        return _csv(source, TextFormat())
    if source.file.format == "jsonl":
        return _jsonl(connection, source)
    return _parquet(connection, source)


def rejected_rows(connection: duckdb.DuckDBPyConnection, relation: Relation) -> str | None:
    """The name of a table of unparsable lines (row_number, line, message), or None.

    Raises Refused for an unclosed quote: the rows after it cannot be separated.
    """
    if relation.rejects is None:
        return None
    table = f"{relation.rejects}_rows"
    connection.execute(
        f"""
        create or replace temp table {table} as
        select
            cast(min(line) - 1 as bigint) as row_number,
            any_value(csv_line) as line,
            any_value(error_type::varchar) as error_type,
            any_value(error_message) as message
        from {relation.rejects}
        group by line_byte_position
        """
    )
    rows = connection.execute(f"select count(*) from {table}").fetchone()
    if rows is None or rows[0] == 0:
        return None
    opened = connection.execute(
        f"""
        select min(row_number) from {table}
        where error_type = 'UNQUOTED VALUE' and contains(rtrim(line, chr(10)), chr(10))
        """
    ).fetchone()
    if opened is not None and opened[0] is not None:
        raise Refused(
            f"row {opened[0]} opens a quote that is never closed, so the rows after it cannot be "
            "separated; send the file again."
        )
    return table


def with_true_rows(relation: Relation, rejects: str) -> Relation:
    """The same relation with row numbers that include the rejected lines."""
    if relation.counts_rejects:
        return relation
    sql = f"""
        with
        numbered as ({relation.sql}),
        ranked as (
            select row_number, row_number() over (order by row_number) as place from {rejects}
        ),
        shifts as (
            select row_number - place + 1 as from_row, max(place) as shift
            from ranked group by row_number - place + 1
        )
        select numbered.* replace (
            cast(numbered._row + coalesce(shifts.shift, 0) as bigint) as _row
        )
        from numbered
        asof left join shifts on numbered._row >= shifts.from_row
    """
    return Relation(sql, relation.columns)


def _csv(source: VerifiedFile, text: TextFormat) -> Relation:
    header = _header(source, text)
    rejects = f"rejects_{next(_scans)}"
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    sql = f"""
        select row_number() over () as _row, *
        from read_csv(
            {quoted(str(source.readable))},
            auto_detect = false,
            header = true,
            columns = {{{columns}}},
            delim = {quoted(text.delimiter)},
            quote = '"',
            escape = '"',
            nullstr = '',
            encoding = 'utf-8',
            compression = 'none',
            null_padding = false,
            strict_mode = true,
            max_line_size = {LONGEST_LINE},
            store_rejects = true,
            rejects_table = {quoted(rejects)},
            rejects_scan = {quoted(rejects + "_scans")},
            rejects_limit = 0
        )
    """
    return Relation(sql, dict.fromkeys(header, "VARCHAR"), rejects)


def _jsonl(connection: duckdb.DuckDBPyConnection, source: VerifiedFile) -> Relation:
    """One object per line; the columns are the names in all lines, null if a line lacks one."""
    lines = f"""
        (
            select row_number() over () as _row, line
            from read_csv(
                {quoted(str(source.readable))},
                auto_detect = false,
                header = false,
                columns = {{'line': 'VARCHAR'}},
                delim = {quoted(UNUSED)},
                quote = '',
                escape = '',
                compression = 'none',
                encoding = 'utf-8',
                max_line_size = {LONGEST_LINE}
            )
        )
    """
    is_object = "case when json_valid(line) then json_type(line) = 'OBJECT' else false end"
    rejects = f"rejects_{next(_scans)}"
    connection.execute(
        f"""
        create temp table {rejects} as
        select
            _row + 1 as line, line as csv_line, _row as line_byte_position,
            'NO JSON OBJECT' as error_type, 'each line must be one JSON object' as error_message
        from {lines} where line is not null and not {is_object}
        """
    )
    found = connection.execute(
        f"select distinct unnest(json_keys(line)) as name from {lines} "
        f"where {is_object} order by name"
    ).fetchall()
    names = _checked_names([str(row[0]) for row in found])
    # DuckDB would read a long number as a float; text preserves every digit
    as_text = r"""regexp_replace(line, '([^\\]"\s*:\s*)(-?\d[0-9.eE+-]*)', '\1"\2"', 'g')"""
    cells = ", ".join(
        f"nullif(exact->>{quoted(chr(36) + '.' + identifier(name))}, '') as {identifier(name)}"
        for name in names
    )
    sql = f"""
        select _row, {cells}
        from (select _row, {as_text} as exact from {lines} where {is_object}) as objects
    """
    return Relation(sql, dict.fromkeys(names, "VARCHAR"), rejects, counts_rejects=True)


def _header(source: VerifiedFile, text: TextFormat) -> list[str]:
    with source.readable.open("rb") as stream:
        start = stream.read(LONGEST_LINE)
    decoded = start.decode("utf-8", errors="replace")
    rows = csv.reader(
        io.StringIO(decoded.removeprefix("\ufeff"), newline=""), delimiter=text.delimiter
    )
    try:
        names = [name.strip() for name in next(rows, [])]
    except csv.Error as error:
        raise Refused(f"its header cannot be read ({error}).") from None
    return _checked_names(names)


def _checked_names(names: list[str]) -> list[str]:
    if len(names) > MOST_COLUMNS:
        raise Refused(
            f"its header has {len(names):,} columns; at most {MOST_COLUMNS:,} are allowed."
        )
    seen: dict[str, str] = {}
    for place, name in enumerate(names, start=1):
        if not name:
            raise Refused(f"its header has no name for column {place}.")
        if name.casefold() in seen:
            raise Refused(f"its header contains the column `{name}` twice.")
        if name.casefold() == "_row":
            raise Refused("its header contains `_row`, which is reserved for the row number.")
        seen[name.casefold()] = name
    return names


def _parquet(connection: duckdb.DuckDBPyConnection, source: VerifiedFile) -> Relation:
    scan = f"read_parquet({quoted(str(source.readable))}, hive_partitioning = false"
    columns = _described(connection, f"select * from {scan})")
    sql = f"""
        select file_row_number + 1 as _row, * exclude (file_row_number)
        from {scan}, file_row_number = true)
    """
    return Relation(sql, columns)


def _described(connection: duckdb.DuckDBPyConnection, select: str) -> dict[str, str]:
    rows = connection.execute(f"describe {select}").fetchall()
    _checked_names([str(row[0]) for row in rows])
    return {str(row[0]): str(row[1]) for row in rows}
