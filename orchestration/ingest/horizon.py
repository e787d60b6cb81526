"""When the exports end: the latest time that their rows can be believed, without a clock.

A single row dated far ahead must not decide when a build stands. Believed is what comes before
the first long silence that only very few rows lie behind. All rows are asked at once, so the
answer does not depend on the order in which files arrived.
"""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.ingest.specs import ExportSpec
from orchestration.platform.warehouse import quoted

# exports whose rows are events: their latest knowledge is where a build stands by default
EVENT_EXPORTS = (
    "seat_events",
    "seat_snapshots",
    "usage_events",
    "invoice_lines",
    "support_tickets",
    "survey_responses",
)
# what is measured or said cannot lie ahead of the exports; what is ordered or billed can
MEASURED_EXPORTS = ("seat_snapshots", "usage_events", "support_tickets", "survey_responses")
# days without a single event of any export: longer than between two monthly invoices
SILENCE_DAYS = 35
# rows behind the silence that make no new stretch of data: one, or one in so many of all rows
ONE_IN = 1000
TOLERANCE = timedelta(days=1)


def row_time(spec: ExportSpec, alias: str) -> str:
    """SQL: the time of a row that must not lie ahead of the exports."""
    if spec.name not in MEASURED_EXPORTS:
        return f"{alias}.recorded_at"
    return f"greatest({alias}.recorded_at, cast({alias}.{spec.event_time} as timestamp))"


def make_times(connection: duckdb.DuckDBPyConnection) -> None:
    """Make table `times`: rows per event export, Parquet file and day of knowledge."""
    connection.execute(
        """
        create or replace temp table times (
            export varchar, part varchar, day date, row_count bigint,
            latest_at timestamp, latest_row_at timestamp
        )
        """
    )


def add_times(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, parts: list[Path]) -> None:
    """Count the rows of the parts into `times`."""
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
    """The latest time before the first long silence that very few rows lie behind."""
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
    """The export's Parquet files (month and name) that hold rows later than the limit."""
    rows = connection.execute(
        "select distinct part from times where export = ? and latest_row_at > ?", [export, limit]
    ).fetchall()
    return {str(row[0]) for row in rows}
