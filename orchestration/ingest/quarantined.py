"""What is still known about quarantined rows: their account and their time.

Such rows are missing from their account's figures, and a build must take that into account. Cells
are read as at landing and are null if they cannot be read.
"""

from datetime import datetime

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.cast import converted
from orchestration.ingest.fates import row_key
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.mapping import load_targets
from orchestration.ingest.resolve import ResolveReport
from orchestration.ingest.rows import KNOWLEDGE
from orchestration.ingest.specs import EXPORTS, SQL_TYPES, Column, ExportSpec
from orchestration.ingest.style import CellStyle
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import quoted

# exports behind an account's figures, and the columns a build needs besides account, key and times
READ: dict[str, tuple[str, ...]] = {
    "usage_events": ("meter", "actor_type"),
    "seat_events": (),
    "seat_snapshots": (),
    "invoice_lines": ("period_start", "period_end", "line_type", "status"),
}
SHAPE = (
    "export varchar, file_name varchar, row_key varchar, account_id varchar, event_at timestamp, "
    "known_at timestamp, file_from date, file_to date, meter varchar, actor_type varchar, "
    "line_type varchar, status varchar, period_start date, period_end date"
)


def write_quarantined_rows(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    report: ResolveReport,
    as_of: datetime,
) -> None:
    """Table `raw.quarantined_rows`: one row per quarantined event that names its account.

    Times are naive UTC, null if unreadable or later than all exports; `file_from` and `file_to`
    span the months of the file's other rows, null if it has none. Leaves out rows that were not
    known at the as-of, events that were loaded later, and rows of a file that a later version with
    the same name replaced.
    """
    connection.execute(f"create table raw.quarantined_rows ({SHAPE})")
    limit = max(as_of, report.latest_at or as_of)
    for name in READ:
        spec = EXPORTS[name]
        connection.execute(
            f"create or replace temp table quarantined_cells ({SHAPE}, content ubigint, "
            "place bigint)"
        )
        _read_files(connection, settings, spec, limit)
        _read_fates(connection, settings, report, spec, limit)
        _keep_missing(connection, spec, as_of)
    connection.execute("drop table quarantined_cells")


def _read_files(
    connection: duckdb.DuckDBPyConnection, settings: Settings, spec: ExportSpec, limit: datetime
) -> None:
    """Add the rows that landing quarantined for their own content."""
    records = _standing(settings, spec)
    styles = _styles(settings) if any(record.mapping for record in records) else {}
    for place, record in enumerate(records):
        path = ledger.quarantine_path(settings, record)
        if not record.quarantined or not path.is_file():
            continue
        source = f"read_parquet({quoted(str(path))}) where reason <> 'unparsable'"
        # all rows of a file have the same cells
        first = connection.execute(f"select json_keys(raw) from {source} limit 1").fetchone()
        cells = {str(name).casefold(): str(name) for name in (first[0] if first else ())}
        style = styles.get(record.mapping or "", CellStyle(settings.time_zone))
        rows = (
            f"select raw, {_file(record, place, limit)}, null::timestamp as settled_at "
            f"from {source}"
        )
        connection.execute(_insert(spec, rows, cells, style, limit))


def _read_fates(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    report: ResolveReport,
    spec: ExportSpec,
    limit: datetime,
) -> None:
    """Add the rows that are quarantined because of other rows."""
    path = report.fates(spec.name)
    records = _standing(settings, spec)
    if path is None or not records:
        return
    files = " union all ".join(
        f"select {quoted(record.file_id)} as file_id, {_file(record, place, limit)}"
        for place, record in enumerate(records)
    )
    rows = (
        "select raw, file_name, place, file_from, file_to, recorded_at as settled_at "
        f"from read_parquet({quoted(str(path))}) "
        f"inner join ({files}) as files using (file_id) where fate = 'quarantined'"
    )
    cells = {column.name: column.name for column in spec.columns}
    connection.execute(_insert(spec, rows, cells, CellStyle("UTC"), limit))


def _standing(settings: Settings, spec: ExportSpec) -> list[FileRecord]:
    """The latest readable version of each file, oldest first."""
    records = [
        record for record in ledger.read_records(settings, spec.name) if not record.is_refused
    ]
    latest = {(record.file_name, record.mapping): record.file_id for record in records}
    return [
        record for record in records if latest[record.file_name, record.mapping] == record.file_id
    ]


def _file(record: FileRecord, place: int, limit: datetime) -> str:
    """SQL: the file's name, its position among the others and the span of its landed months."""
    # parts are named by their month: month=2026-03/...
    months = sorted(month for part in record.parts if (month := part[6:13]) <= f"{limit:%Y-%m}")
    bounds = (
        f"date '{months[0]}-01' as file_from, last_day(date '{months[-1]}-01') as file_to"
        if months
        else "null::date as file_from, null::date as file_to"
    )
    return f"{quoted(record.file_name)} as file_name, {place} as place, {bounds}"


def _styles(settings: Settings) -> dict[str, CellStyle]:
    """The cell style of each mapping's files, by the name used in records."""
    return {target.name: target.rows_of.style for target in load_targets(settings)}


def _insert(
    spec: ExportSpec, rows: str, cells: dict[str, str], style: CellStyle, limit: datetime
) -> str:
    """SQL that reads the rows' JSON into `quarantined_cells`; `cells` maps columns to its keys."""
    names = {"account_id", "recorded_at", spec.event_time, *spec.key, *READ[spec.name]}
    asked = [column for column in (*spec.columns, *KNOWLEDGE) if column.name in names]
    there = [column for column in asked if column.name in cells]
    pointers = ", ".join(
        quoted("/" + cells[column.name].replace("~", "~0").replace("/", "~1")) for column in there
    )
    values = {
        column.name: converted(f"cells[{place}]", "VARCHAR", column.kind, style)
        for place, column in enumerate(there, start=1)
    }
    typed = ", ".join(f"{_value(column, values)} as {column.name}" for column in asked)
    until = f"timestamp '{limit.isoformat(sep=' ')}'"
    event = f"cast({spec.event_time} as timestamp)"
    needed = [column.name for column in spec.columns if column.name in spec.key and column.required]
    others = ", ".join(
        f"{name} as {name}" if name in READ[spec.name] else f"null as {name}"
        for name in ("meter", "actor_type", "line_type", "status", "period_start", "period_end")
    )
    return f"""
        insert into quarantined_cells by name
        select
            {quoted(spec.name)} as export,
            file_name,
            case
                when {" and ".join(f"{name} is not null" for name in needed)}
                    then {row_key(spec, "own")}
            end as row_key,
            account_id,
            case when {event} <= {until} then {event} end as event_at,
            coalesce(
                case when settled_at <= {until} then settled_at end,
                case when recorded_at <= {until} then recorded_at end,
                case when {event} <= {until} then {event} end
            ) as known_at,
            file_from,
            file_to,
            {others},
            hash(raw) as content,
            place
        from (
            select raw, file_name, place, file_from, file_to, settled_at, {typed}
            from (
                select *, json_extract_string(raw, [{pointers}]::varchar[]) as cells from ({rows})
            )
        ) as own
    """


def _value(column: Column, values: dict[str, str]) -> str:
    value = values.get(column.name, f"cast(null as {SQL_TYPES[column.kind]})")
    return value if column.default is None else f"coalesce({value}, {quoted(column.default)})"


def _keep_missing(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, as_of: datetime) -> None:
    """Keep one row for each event that was known by then and is not loaded."""
    connection.execute(
        f"""
        insert into raw.quarantined_rows
        with
        known as (
            select * from quarantined_cells
            where account_id is not null and coalesce(known_at, $as_of) <= $as_of
        ),
        loaded as (
            select distinct known.row_key
            from known
            inner join raw.{spec.name} as landed on known.row_key = {row_key(spec, "landed")}
            where landed.recorded_at <= $as_of
        ),
        ranked as (
            select
                *,
                row_number() over (
                    partition by account_id, row_key, case when row_key is null then content end
                    order by event_at is null, place desc, event_at, file_name
                ) as copy
            from known
            where row_key is null or row_key not in (select row_key from loaded)
        )
        select * exclude (content, place, copy) from ranked where copy = 1
        """,
        {"as_of": as_of},
    )
