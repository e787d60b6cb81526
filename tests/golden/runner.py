"""Golden cases as files: find them, load them all into one warehouse, run the models once."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.specs import EXPORTS, SQL_TYPES, Column
from orchestration.ingest.stored_statistics import STATISTICS
from tests.dbt_runs import build_models

HERE = Path(__file__).parent
AS_OF = "2026-03-31 23:59:59"
BERLIN = "berlin"
# of these columns, where a model has them, a case names some values; other rows are not compared
KINDS = ("metric", "kind", "assumption_case", "month_ahead", "horizon_months")
# of models with a row for every calendar month a case names some, as other cases add months
EVERY_MONTH = ("fct_segment_metrics", "int_segment_reviews")

LEDGERS = """
create table raw.revised_keys (export varchar, row_key varchar);
create table raw.usage_months (month date, digest varchar, is_stored boolean);
create table raw.load_ledger (
    file_id varchar, file_name varchar, export varchar, size_bytes bigint, rows_read bigint,
    loaded bigint, revisions bigint, duplicates bigint, quarantined bigint, skipped bigint,
    refused_reason varchar, quantity_sum decimal(38, 6), amount_sum decimal(38, 4),
    landed_at timestamp
);
create table raw.quarantine (
    file_id varchar, file_name varchar, export varchar, row_number bigint, raw varchar,
    reason varchar, sentence varchar
);
create table raw.quarantined_rows (
    export varchar, file_name varchar, row_key varchar, account_id varchar, event_at timestamp,
    known_at timestamp, file_from date, file_to date, meter varchar, actor_type varchar,
    line_type varchar, status varchar, period_start date, period_end date
);
create table raw.known_rows (export varchar, kept bigint, held bigint);
create table raw.reported_verdicts (
    telling integer, source varchar, as_of timestamp, build_id varchar, segment varchar,
    month date, verdict varchar, scenario_id varchar, confidence varchar, weakest_link varchar,
    sentence varchar, flips varchar, price_version varchar, thresholds_version varchar,
    code_version varchar
);
create table raw.export_status (
    export varchar, is_present boolean, is_required boolean, row_count bigint,
    first_at timestamp, last_at timestamp, reason varchar
);
create table reference.currencies as
    select * from (values ('USD', 2), ('EUR', 2), ('JPY', 0), ('KWD', 3))
    as c (currency, minor_units);
"""


@dataclass(frozen=True)
class Expectation:
    """The rows that one model must hold for the accounts (segments, slices) of one case."""

    case: str
    model: str
    path: Path

    def rows(self) -> list[dict[str, str]]:
        with self.path.open(newline="", encoding="utf-8") as handle:
            return list(csv.DictReader(handle))


def expectations(room: str) -> list[Expectation]:
    """Every expectation of every case in the room, found by folder."""
    return [
        Expectation(case.name, path.name.split(".")[1], path)
        for case in sorted((HERE / room).iterdir())
        if case.is_dir()
        for path in sorted(case.glob("expect.*.csv"))
    ]


def build_warehouse(path: Path) -> None:
    """Load the inputs of all cases into a new warehouse file and run every model on it."""
    rooms = {room.name for room in HERE.iterdir() if room.is_dir()} - {BERLIN}
    load_warehouse(path, _inputs(rooms))
    build_models(path)


def build_berlin(path: Path) -> None:
    """The same for the cases in Berlin, with the accuracy floor that seatshift ships."""
    load_berlin(path)
    build_models(path, *sorted({f"+{case.model}" for case in expectations(BERLIN)}))


def load_berlin(path: Path) -> None:
    """Load the inputs of the cases in Berlin into a new warehouse file, and build no model."""
    load_warehouse(
        path,
        _inputs({BERLIN}),
        time_zone="Europe/Berlin",
        as_of="2026-05-31 21:59:59",
        accuracy_floor="0.97",
    )


def _inputs(rooms: set[str]) -> list[tuple[str, str, Path]]:
    files = []
    for file in sorted(file for room in rooms for file in HERE.glob(f"{room}/*/*.csv")):
        schema, table, _ = file.name.split(".")
        if schema in ("raw", "reference"):
            files.append((schema, table, file))
    return files


def load_warehouse(
    path: Path,
    files: list[tuple[str, str, Path]],
    *,
    time_zone: str = "UTC",
    as_of: str = AS_OF,
    accuracy_floor: str = "0",
) -> None:
    """A new warehouse file as ingest would leave it: (schema, table, CSV file) by column name."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw; create schema reference;")
        connection.execute(LEDGERS)
        for spec in EXPORTS.values():
            lineage = "recorded_at timestamp, exported_at timestamp, _file varchar, _row bigint"
            connection.execute(
                f"create table raw.{spec.name} ({_columns(spec.columns)}, {lineage})"
            )
        # no statistics are stored, so all usage is new
        connection.execute("create view raw.new_usage_events as from raw.usage_events")
        connection.execute("create schema statistics")
        for name, statistic in STATISTICS.items():
            connection.execute(f"create table statistics.{name} ({statistic.columns})")
        for reference in REFERENCE.values():
            connection.execute(
                f"create table reference.{reference.name} ({_columns(reference.columns)})"
            )
        connection.execute(
            "create table reference.versions as select 'golden' as build_id,"
            " 'golden' as price_version, 'golden' as code_version"
        )
        connection.execute(
            "create table reference.settings as select"
            f" 'Golden' as company_name, timestamp '{as_of}' as as_of, '{time_zone}' as time_zone,"
            " 'USD' as reporting_currency, 'resolutions' as value_meter,"
            " cast(72 as integer) as outcome_reopen_hours, cast(null as date) as known_until"
        )
        _insert(connection, "reference.thresholds", _shipped_thresholds(), _defaults("thresholds"))
        # most cases are about rating alone: without invoices they keep their rated bill
        connection.execute(
            "insert into reference.thresholds (name, valid_from, fires_at, direction, unit)"
            " values ('accuracy_floor', '1900-01-01', cast(? as decimal(18, 9)), 'below', 'ratio')",
            [accuracy_floor],
        )
        for schema, table, file in files:
            defaults = _export_defaults(table) if schema == "raw" else _defaults(table)
            _insert(connection, f"{schema}.{table}", file, defaults)
        _fill_lineage(connection)


def differences(warehouse: Path, expectation: Expectation) -> tuple[list[Any], list[Any]]:
    """Rows that are expected but not there, and rows that are there but not expected."""
    wanted = expectation.rows()
    names = list(wanted[0])
    owner = next(name for name in ("account_id", "segment", "slice_value") if name in names)
    owners = sorted({row[owner] for row in wanted})
    kinds = [name for name in KINDS if name in names]
    if expectation.model in EVERY_MONTH:
        kinds.append("month")
    schema = "intermediate" if expectation.model.startswith("int_") else "marts"
    reported = {name: sorted({row[name] for row in wanted}) for name in kinds}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            f"select {', '.join(map(_quoted, names))} from {schema}.{expectation.model}"
            f" where list_contains(?, {owner})"
            + "".join(f" and list_contains(?, cast({name} as varchar))" for name in reported),
            [owners, *reported.values()],
        ).fetchall()
    expected = sorted([tuple(_cell(row[name]) for name in names) for row in wanted], key=str)
    actual = sorted([tuple(_cell(value) for value in row) for row in found], key=str)
    return (
        [row for row in expected if row not in actual],
        [row for row in actual if row not in expected],
    )


def _quoted(name: str) -> str:
    """A column may be named like a keyword."""
    return f'"{name}"'


def _cell(value: object) -> object:
    """Numbers as Decimal, nothing as None, everything else as its text."""
    if value is None or value == "":
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        return Decimal(text).normalize() + 0
    except ArithmeticError:
        return text


def _columns(columns: tuple[Column, ...]) -> str:
    return ", ".join(f'"{column.name}" {SQL_TYPES[column.kind]}' for column in columns)


def _defaults(table: str) -> dict[str, str]:
    return {c.name: c.default for c in REFERENCE[table].columns if c.default is not None}


def _export_defaults(table: str) -> dict[str, str]:
    columns = EXPORTS[table].columns if table in EXPORTS else ()
    return {c.name: c.default for c in columns if c.default is not None}


def _shipped_thresholds() -> Path:
    return HERE.parent.parent / "orchestration" / "ingest" / "defaults" / "thresholds.csv"


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, file: Path, defaults: dict[str, str]
) -> None:
    """Append the rows by column name; a missing column or empty cell takes its default."""
    with file.open(newline="", encoding="utf-8") as handle:
        names = next(csv.reader(handle))
    types = dict(
        connection.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = ? and table_name = ?",
            table.split("."),
        ).fetchall()
    )
    values = {name: f"nullif(\"{name}\", '')" for name in names}
    values |= {
        name: f"coalesce({values.get(name, 'null')}, '{default}')"
        for name, default in defaults.items()
    }
    columns = ", ".join(f'"{name}"' for name in values)
    casts = ", ".join(f"cast({text} as {types[name]})" for name, text in values.items())
    connection.execute(
        f"insert into {table} ({columns}) select {casts} from read_csv(?, header = true,"
        " all_varchar = true, auto_detect = false, delim = ',', quote = '\"',"
        f" columns = {dict.fromkeys(names, 'VARCHAR')!r})",
        [str(file)],
    )


def _fill_lineage(connection: duckdb.DuckDBPyConnection) -> None:
    """What ingest would have added: when a row became known, and where it came from."""
    for spec in EXPORTS.values():
        event_time = spec.event_time or "valid_from"
        connection.execute(
            f"update raw.{spec.name} set"
            f" recorded_at = coalesce(recorded_at, {event_time}, timestamp '2000-01-01'),"
            " exported_at = coalesce(exported_at, timestamp '2026-04-01'),"
            " _file = coalesce(_file, 'golden'), _row = coalesce(_row, rowid)"
        )
        count = connection.execute(f"select count(*) from raw.{spec.name}").fetchone()
        rows = count[0] if count else 0
        reason = "null" if rows else f"'no {spec.name} export'"
        connection.execute(
            "insert into raw.export_status values"
            f" ('{spec.name}', {rows > 0}, {spec.is_required}, {rows}, null, null, {reason})"
        )
