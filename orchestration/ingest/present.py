"""Provides landed and reference data to dbt, as schemas `raw` and `reference` of a build file."""

import hashlib
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.currencies import load_currencies
from orchestration.ingest.fates import scan
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.quarantined import write_quarantined_rows
from orchestration.ingest.reference import Reference, load_reference, write_reference
from orchestration.ingest.resolve import (
    FileCounts,
    ResolveReport,
    landed_parts,
    resolve,
)
from orchestration.ingest.specs import EXPORTS, SQL_TYPES, ExportSpec
from orchestration.ingest.usage_months import find_parts, show_months
from orchestration.platform.errors import InputError
from orchestration.platform.reported import write_reported
from orchestration.platform.settings import Settings
from orchestration.platform.versions import code_version
from orchestration.platform.warehouse import open_warehouse, quoted

LINEAGE = {
    "recorded_at": "TIMESTAMP",
    "exported_at": "TIMESTAMP",
    "_file": "VARCHAR",
    "_row": "BIGINT",
}
# usage stays in Parquet; other exports up to this size are faster as tables
MATERIALISED_ROWS = 1_000_000
ALWAYS_VIEWS = ("usage_events",)


def present(
    settings: Settings,
    build_path: Path,
    as_of: datetime,
    build_id: str,
    *,
    known_until: date | None = None,
) -> None:
    """Recreate schemas `raw`, `statistics` and `reference` in the build file.

    `as_of` is naive UTC.

    A build of a past month passes `known_until`: later prices, thresholds and proposals do not
    count.
    """
    reference = load_reference(settings)
    report = resolve(settings, as_of=as_of)
    records = ledger.read_all(settings)
    build_path.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(settings, build_path) as connection:
        for schema in ("raw", "reference"):
            connection.execute(f"drop schema if exists {schema} cascade")
            connection.execute(f"create schema {schema}")
        _write_fates(connection, report)
        for spec in EXPORTS.values():
            _show_export(connection, spec, landed_parts(settings, records, spec.name))
        _show_new_usage(connection, settings, records, as_of)
        _write_load_ledger(connection, report.files)
        _write_quarantine(connection, settings, report)
        write_quarantined_rows(connection, settings, report, as_of)
        _write_export_status(connection, as_of)
        _write_known_rows(connection, settings, report, as_of)
        write_reported(connection, settings)
        write_reference(connection, reference)
        load_currencies(connection, "reference.currencies")
        _write_settings(connection, settings, reference, as_of, build_id, known_until)


def input_fingerprint(settings: Settings) -> str:
    """A hash of everything a build reads besides its as-of: landed files, reference, settings.

    For a landed file, it covers the content of its Parquet files.
    """
    files = sorted(
        f"{record.export}/{record.file_id}/{record.digest}/{record.refused_reason or ''}"
        for record in ledger.read_all(settings)
    )
    own = [
        settings.company_name,
        settings.time_zone,
        settings.reporting_currency,
        settings.value_meter,
        str(settings.outcome_reopen_hours),
    ]
    parts = [*files, load_reference(settings).fingerprint, *own]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


def as_of_default(settings: Settings) -> datetime:
    """When the latest event of the landed exports became known (naive UTC); never the clock."""
    latest_at = resolve(settings).latest_at
    if latest_at is None:
        raise InputError("The exports contain no events, so there is no as-of to build for.")
    return latest_at


def _write_fates(connection: duckdb.DuckDBPyConnection, report: ResolveReport) -> None:
    """Tables `raw.fates` (rows with a fate other than loaded) and `raw.revised_keys`."""
    selects = [
        f"select {quoted(name)} as export, file_id, row_number, row_key, fate, reason, raw, "
        f"sentence from read_parquet({quoted(str(path))})"
        for name in EXPORTS
        if (path := report.fates(name)) is not None
    ]
    empty = (
        "select null::varchar as export, null::varchar as file_id, null::bigint as row_number, "
        "null::varchar as row_key, null::varchar as fate, null::varchar as reason, "
        "null::varchar as raw, null::varchar as sentence where false"
    )
    connection.execute(f"create table raw.fates as {' union all '.join([empty, *selects])}")
    connection.execute(
        "create table raw.revised_keys as "
        "select distinct export, row_key from raw.fates where fate = 'revision'"
    )


def _kept(export: str) -> str:
    return f"""not exists (
            select 1 from raw.fates
            where
                fates.export = {quoted(export)} and fates.fate <> 'revision'
                and fates.file_id = landed._file and fates.row_number = landed._row
        )"""


def _show_export(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, parts: list[Path]
) -> None:
    types = _types(spec)
    if not parts:
        connection.execute(f"create table raw.{spec.name} ({_columns(types)})")
        return
    select = _kept_rows(connection, spec, parts, list(types))
    counted = connection.execute(f"select count(*) from {scan(spec, parts)}").fetchone()
    is_small = counted is not None and counted[0] <= MATERIALISED_ROWS
    shape = "table" if is_small and spec.name not in ALWAYS_VIEWS else "view"
    connection.execute(f"create {shape} raw.{spec.name} as {select}")


def _show_new_usage(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    records: list[FileRecord],
    as_of: datetime,
) -> None:
    """`raw.new_usage_events`: all rows of the files with months whose statistics are not stored."""
    spec = EXPORTS["usage_events"]
    types = _types(spec)
    parts = show_months(connection, settings, find_parts(connection, settings, records), as_of)
    if parts:
        select = _kept_rows(connection, spec, parts, list(types))
        connection.execute(f"create view raw.new_usage_events as {select}")
    else:
        connection.execute(f"create table raw.new_usage_events ({_columns(types)})")


def _types(spec: ExportSpec) -> dict[str, str]:
    return {column.name: SQL_TYPES[column.kind] for column in spec.columns} | LINEAGE


def _columns(types: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in types.items())


def _kept_rows(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, parts: list[Path], columns: list[str]
) -> str:
    """Rows that are loaded or revisions; only files that contain others are filtered."""
    found = connection.execute(
        f"select distinct file_id from raw.fates "
        f"where export = {quoted(spec.name)} and fate <> 'revision'"
    ).fetchall()
    touched = {str(row[0]) for row in found}
    # a part's name begins with the id of its file
    mixed = [part for part in parts if part.name.partition("-")[0] in touched]
    whole = [part for part in parts if part.name.partition("-")[0] not in touched]
    names = ", ".join(f"landed.{name}" for name in columns)
    selects = []
    if whole:
        selects.append(f"select {names} from {scan(spec, whole)} as landed")
    if mixed:
        selects.append(
            f"select {names} from {scan(spec, mixed)} as landed where {_kept(spec.name)}"
        )
    return " union all ".join(selects)


def _write_load_ledger(connection: duckdb.DuckDBPyConnection, files: list[FileCounts]) -> None:
    connection.execute(
        """
        create table raw.load_ledger (
            file_id varchar, file_name varchar, export varchar, size_bytes bigint,
            rows_read bigint, loaded bigint, revisions bigint, duplicates bigint,
            quarantined bigint, skipped bigint, refused_reason varchar,
            quantity_sum decimal(38, 6), amount_sum decimal(38, 4), landed_at timestamp
        )
        """
    )
    if files:
        connection.executemany(
            f"insert into raw.load_ledger values ({', '.join('?' * 14)})",
            [list(vars(entry).values()) for entry in files],
        )


def _write_quarantine(
    connection: duckdb.DuckDBPyConnection, settings: Settings, report: ResolveReport
) -> None:
    """One row per quarantined row: for its own content (at landing) or because of other rows."""
    connection.execute(
        "create table raw.quarantine (file_id varchar, file_name varchar, export varchar, "
        "row_number bigint, raw varchar, reason varchar, sentence varchar)"
    )
    for record in ledger.read_all(settings):
        path = ledger.quarantine_path(settings, record)
        if record.quarantined and path.is_file():
            connection.execute(
                f"insert into raw.quarantine select {quoted(record.file_id)}, "
                f"{quoted(record.file_name)}, {quoted(record.export)}, "
                f"row_number, raw, reason, sentence from read_parquet({quoted(str(path))})"
            )
    connection.execute(
        """
        insert into raw.quarantine
        select
            fates.file_id, load_ledger.file_name, fates.export,
            fates.row_number, fates.raw, fates.reason, fates.sentence
        from raw.fates as fates
        inner join raw.load_ledger as load_ledger
            on fates.file_id = load_ledger.file_id and fates.export = load_ledger.export
        where fates.fate = 'quarantined'
        """
    )


def _write_known_rows(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    report: ResolveReport,
    as_of: datetime,
) -> None:
    """Table `raw.known_rows`: rows kept and rows quarantined, of those known at the as-of."""
    connection.execute(
        """
        create table raw.known_rows as
        select export, sum(loaded + revisions) as kept, sum(quarantined) as held
        from raw.load_ledger
        group by export
        """
    )
    if report.latest_at is None or as_of >= report.latest_at:
        return
    for spec in EXPORTS.values():
        if spec.event_time is not None:
            connection.execute(
                f"""
                update raw.known_rows
                set
                    kept = kept - (select count(*) from raw.{spec.name} where recorded_at > $as_of),
                    held = held - (
                        select count(*) from ({_held_times(settings, report, spec)})
                        where known_at > $as_of
                    )
                where export = $export
                """,
                {"export": spec.name, "as_of": as_of},
            )


def _held_times(settings: Settings, report: ResolveReport, spec: ExportSpec) -> str:
    """SQL: when each quarantined row became known; null if its times are unreadable."""
    selects = [
        "select coalesce("
        "try_cast(json_extract_string(raw, '$.recorded_at') as timestamp), "
        f"try_cast(json_extract_string(raw, '$.{spec.event_time}') as timestamp)) as known_at "
        f"from read_parquet({quoted(str(path))})"
        for record in ledger.read_records(settings, spec.name)
        if record.quarantined and (path := ledger.quarantine_path(settings, record)).is_file()
    ]
    fates = report.fates(spec.name)
    if fates is not None:
        selects.append(
            f"select recorded_at as known_at from read_parquet({quoted(str(fates))}) "
            "where fate = 'quarantined'"
        )
    return " union all ".join(selects or ["select null::timestamp as known_at where false"])


def _write_export_status(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    """Table `raw.export_status`: one row per export."""
    selects = [
        f"""
        select
            {quoted(spec.name)} as export,
            count(*) > 0 as is_present,
            {str(spec.is_required).lower()} as is_required,
            count(*) as row_count,
            min(cast({spec.event_time or "valid_from"} as timestamp)) as first_at,
            max(cast({spec.event_time or "valid_from"} as timestamp)) as last_at,
            case when count(*) = 0 then {quoted(f"no {spec.name} export")} end as reason
        from raw.{spec.name}
        {"where recorded_at <= $as_of" if spec.event_time else ""}
        """
        for spec in EXPORTS.values()
    ]
    connection.execute(
        f"create table raw.export_status as {' union all '.join(selects)}", {"as_of": as_of}
    )


def _write_settings(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    reference: Reference,
    as_of: datetime,
    build_id: str,
    known_until: date | None,
) -> None:
    """Tables `reference.settings`, and `reference.versions`, which differs between builds."""
    connection.execute(
        """
        create table reference.versions as
        select
            $build_id::varchar as build_id,
            $price_version::varchar as price_version,
            $code_version::varchar as code_version
        """,
        {
            "build_id": build_id,
            "price_version": reference.price_version,
            "code_version": code_version()[:16],
        },
    )
    connection.execute(
        """
        create table reference.settings as
        select
            $company_name::varchar as company_name,
            $as_of::timestamp as as_of,
            $time_zone::varchar as time_zone,
            $reporting_currency::varchar as reporting_currency,
            $value_meter::varchar as value_meter,
            $outcome_reopen_hours::integer as outcome_reopen_hours,
            $known_until::date as known_until
        """,
        {
            "company_name": settings.company_name,
            "as_of": as_of,
            "time_zone": settings.time_zone,
            "reporting_currency": settings.reporting_currency,
            "value_meter": settings.value_meter,
            "outcome_reopen_hours": settings.outcome_reopen_hours,
            "known_until": known_until,
        },
    )
