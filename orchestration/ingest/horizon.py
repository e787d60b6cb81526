"""When the exports end: the latest plausible time of their rows, determined without a clock.

A single row dated far in the future must not determine the as-of of a build. Times are plausible
up to the first long gap that is followed by very few rows. All rows are considered together, so
the result does not depend on the order in which files arrived.
"""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.ingest.specs import ExportSpec
from orchestration.platform.warehouse import quoted

# exports whose rows are events: the latest recorded_at among them is the default as-of
EVENT_EXPORTS = (
    "seat_events",
    "seat_snapshots",
    "usage_events",
    "invoice_lines",
    "support_tickets",
    "survey_responses",
)
# measurements and answers cannot be later than the exports; orders and bills can
MEASURED_EXPORTS = ("seat_snapshots", "usage_events", "support_tickets", "survey_responses")
# days without an event in any export: longer than between two monthly invoices
SILENCE_DAYS = 35
# rows after the gap that do not count as data: one, or one in this many of all rows
ONE_IN = 1000
TOLERANCE = timedelta(days=1)


def row_time(spec: ExportSpec, alias: str) -> str:
    """SQL: the time of a row that must not be later than the end of the exports."""
    if spec.name not in MEASURED_EXPORTS:
        return f"{alias}.recorded_at"
    return f"greatest({alias}.recorded_at, cast({alias}.{spec.event_time} as timestamp))"


def make_times(connection: duckdb.DuckDBPyConnection) -> None:
    """Create table `times`: row counts per event export, Parquet file and day of recorded_at."""
    connection.execute(
        """
        create or replace temp table times (
            export varchar, part varchar, day date, row_count bigint,
            latest_at timestamp, latest_row_at timestamp
        )
        """
    )


def add_times(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, parts: list[Path]) -> None:
    """Add the row counts of these files to `times`."""
    if spec.name not in EVENT_EXPORTS or not parts:
        return
    files = ", ".join(quoted(str(part)) for part in parts)
    connection.execute(
        f"""
        insert into times
        select
            {quoted(spec.name)},
            regexp_extract(filename, '[^/]+/[^/]+$'),
            cast(recorded_at as date) as day,
            count(*),
            max(recorded_at),
            max({row_time(spec, "landed")})
        from read_parquet([{files}], hive_partitioning = false, filename = true) as landed
        group by filename, day
        """
    )


def believed_until(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """The latest time before the first long gap that is followed by very few rows."""
    row = connection.execute(
        f"""
        with
        days as (
            select day, sum(row_count) as row_count, max(latest_at) as latest_at
            from times group by day
        ),
        walked as (
            select
                day,
                latest_at,
                day - lag(day) over (order by day) > {SILENCE_DAYS} as is_after_silence,
                sum(row_count) over (order by day desc) as behind,
                sum(row_count) over () as total
            from days
        ),
        cut as (
            select min(day) as day from walked
            where is_after_silence and behind <= greatest(1, total // {ONE_IN})
        )
        select max(walked.latest_at) from walked
        where walked.day < coalesce((select cut.day from cut), date '9999-12-31')
        """
    ).fetchone()
    return row[0] if row else None


def parts_beyond(connection: duckdb.DuckDBPyConnection, export: str, limit: datetime) -> set[str]:
    """The export's Parquet files (month and name) that contain rows later than the limit."""
    rows = connection.execute(
        "select distinct part from times where export = ? and latest_row_at > ?", [export, limit]
    ).fetchall()
    return {str(row[0]) for row in rows}
