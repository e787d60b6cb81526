"""The months of usage whose statistics are stored, and those that a build has to compute.

Statistics of usage (work a day, the days on which somebody worked, ...) follow from the usage rows
of one local month. Each month gets a digest over everything that they follow from: the content of
the landed files with rows of the month, which of these rows are loaded, their revisions, what is
known at the as-of, the calendar, and the models. Statistics are stored under this digest, so a day
more computes one month, a late row its own month, and a changed price none.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.fates import scan
from orchestration.ingest.intact import sha256_once
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.stored_statistics import STATISTICS, folder_of, stored_files
from orchestration.platform.files import read_json, write_json
from orchestration.platform.settings import Settings
from orchestration.platform.versions import library_versions, models_version
from orchestration.platform.warehouse import quoted

USAGE = EXPORTS["usage_events"]


@dataclass(frozen=True)
class Part:
    """A landed file of usage: the local months of its rows, and when the last became known."""

    path: Path
    file_id: str
    sha256: str
    months: frozenset[date]
    known_at: datetime


def find_parts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, records: list[FileRecord]
) -> list[Part]:
    """Every landed file of usage that has rows; only new ones are read."""
    noted_in = folder_of(settings) / "files.json"
    known = read_json(noted_in) or {}
    zone = ZoneInfo(settings.time_zone)
    parts, noted = [], {}
    for record in records:
        if record.export != USAGE.name:
            continue
        for name, path in zip(record.parts, ledger.part_paths(settings, record), strict=True):
            sha256 = record.sha256.get(name) or sha256_once(path)
            days, known_at = noted[sha256] = known.get(sha256) or _read(connection, path)
            if known_at is not None:
                months = frozenset(_months(map(date.fromisoformat, days), zone))
                at = datetime.fromisoformat(known_at)
                parts.append(Part(path, record.file_id, sha256, months, at))
    if noted != known:
        write_json(noted_in, noted)
    return parts


def _read(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Any]:
    """The UTC days of a file's rows and when the last row or reopening became known."""
    row = connection.execute(
        "select list(distinct cast(cast(occurred_at as date) as varchar)), "
        "cast(max(greatest(recorded_at, reopened_at)) as varchar) "
        f"from {scan(USAGE, [path])}"
    ).fetchall()[0]
    return [sorted(row[0] or []), row[1]]


def _months(days: Iterable[date], zone: ZoneInfo) -> Iterable[date]:
    """The local months that UTC days lie in: those of their first and of their last moment."""
    for day in days:
        starts_at = datetime.combine(day, time(), UTC)
        for moment in (starts_at, starts_at + timedelta(days=1, microseconds=-1)):
            yield moment.astimezone(zone).date().replace(day=1)


def show_months(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    parts: list[Part],
    as_of: datetime,
) -> list[Path]:
    """Write `raw.usage_months` and schema `statistics`; return the files of the other months.

    Reads `raw.usage_events`, `raw.revised_keys` and `raw.fates`.
    """
    digests = _digests(connection, settings, parts, as_of)
    stored = {
        month: files
        for month, digest in digests.items()
        if (files := stored_files(settings, digest))
    }
    connection.execute(
        "create table raw.usage_months (month date, digest varchar, is_stored boolean)"
    )
    if digests:
        connection.executemany(
            "insert into raw.usage_months values (?, ?, ?)",
            [[month, digest, month in stored] for month, digest in sorted(digests.items())],
        )
    connection.execute("drop schema if exists statistics cascade")
    connection.execute("create schema statistics")
    for name, statistic in STATISTICS.items():
        if stored:
            paths = ", ".join(quoted(str(of_month[name])) for of_month in stored.values())
            connection.execute(
                f"create view statistics.{name} as "
                f"select * from read_parquet([{paths}], hive_partitioning = false)"
            )
        else:
            connection.execute(f"create table statistics.{name} ({statistic.columns})")
    return [part.path for part in parts if not part.months <= stored.keys()]


def _digests(
    connection: duckdb.DuckDBPyConnection, settings: Settings, parts: list[Part], as_of: datetime
) -> dict[date, str]:
    """A hash (32 hexadecimal digits) for each local month with landed usage."""
    common = [
        models_version(),
        json.dumps(library_versions()),
        settings.time_zone,
        str(settings.outcome_reopen_hours),
    ]
    lines: dict[date, list[str]] = defaultdict(list)
    left_out = _left_out(connection)
    for part in parts:
        # what became known later does not count; once all of it is known, the as-of is irrelevant
        seen = "" if part.known_at <= as_of else as_of.isoformat()
        line = f"{part.sha256} {left_out.get(part.file_id, '')} {seen}"
        for month in part.months:
            lines[month].append(line)
    for month, digest in _revisions(connection, settings, as_of):
        lines[month].append(digest)
    return {
        month: _hash([*common, str(month), *sorted(found)])[:32] for month, found in lines.items()
    }


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _left_out(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """A hash of the rows of each usage file that are not loaded."""
    rows = connection.execute(
        "select file_id, md5(string_agg(row_number || ' ' || fate, ',' order by row_number)) "
        f"from raw.fates where export = {quoted(USAGE.name)} and fate <> 'revision' "
        "group by file_id"
    ).fetchall()
    return {str(file_id): str(digest) for file_id, digest in rows}


def _revisions(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: datetime
) -> list[tuple[date, str]]:
    """For each month in which a revised row ever lay, a hash of all revisions of such rows."""
    zone = quoted(settings.time_zone)
    rows = connection.execute(
        f"""
        with revisions as (
            select
                event_id,
                _file,
                _row,
                recorded_at,
                date_trunc('month', timezone({zone}, timezone('UTC', occurred_at))) as month
            from raw.usage_events
            where event_id in (
                select row_key from raw.revised_keys where export = {quoted(USAGE.name)}
            )
        ),
        revised as (
            select
                event_id,
                md5(string_agg(_file || ' ' || _row, ',' order by _file, _row)) as rows,
                case when max(recorded_at) > $as_of then cast($as_of as varchar) else '' end as seen
            from revisions
            group by event_id
        )
        select cast(months.month as date), md5(string_agg(rows || seen, ',' order by event_id))
        from revised
        inner join (select distinct event_id, month from revisions) as months using (event_id)
        group by months.month
        """,
        {"as_of": as_of},
    ).fetchall()
    return [(month, str(digest)) for month, digest in rows]
