"""Verdicts as they were told: kept for ever, whatever later builds know better.

One line of HOME/var/verdicts.jsonl is one telling: what a published generation said of its latest
month, or what a backfill found that it would have said. Lines are only ever added: taking
backfilled verdicts back is a line too, and what a generation published cannot be taken back.
"""

import json
from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import RequestError, SeatshiftError
from orchestration.files import sync_file
from orchestration.published import Pointer, open_current, rows
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse, quoted

LATEST_VERDICTS = """
    select segment, month, verdict, scenario_id, confidence, weakest_link, sentence, flips
    from marts.fct_verdicts
    qualify month = max(month) over ()
    order by segment = 'all' desc, segment
"""
TOLD = ("verdict", "scenario_id", "confidence", "weakest_link", "sentence", "flips")
VERSIONS = ("price_version", "thresholds_version", "code_version")

PUBLISHED = "published"
BACKFILLED = "backfilled"


def latest_verdicts(settings: Settings, pointer: Pointer) -> list[dict[str, Any]]:
    """One row per segment of the latest month judged, `all` first; empty where none is closed."""
    with open_warehouse(settings, pointer.path(settings), read_only=True) as connection:
        return rows(connection, LATEST_VERDICTS)


def verdict_history(settings: Settings, segment: str) -> list[dict[str, Any]]:
    """One row per month of the segment in the published snapshot, the latest first.

    Raises SeatshiftError before the first publication, RequestError for an unknown segment.
    """
    with open_current(settings) as connection:
        try:
            found = rows(connection, "from marts.fct_verdict_history order by month desc, segment")
        except duckdb.CatalogException:
            raise SeatshiftError(
                "The published snapshot is older than the history of verdicts: "
                "run `seatshift refresh` first."
            ) from None
    names = sorted({row["segment"] for row in found})
    if names and segment not in names:
        raise RequestError(f"There is no segment {segment!r}; there are {', '.join(names)}.")
    return [row for row in found if row["segment"] == segment]


def told_generations(settings: Settings) -> set[int]:
    """The generations that are written down."""
    return {entry["generation"] for entry in _entries(settings) if "generation" in entry}


def told_months(settings: Settings, source: str | None = None) -> set[date]:
    """The months that have a verdict; of one source, where it is named."""
    entries = [entry for entry in _entries(settings) if source in (None, _source(entry))]
    # a backfill also remembers a month of which nothing was known at its end
    months = {str(row["month"]) for entry in entries for row in entry["verdicts"]}
    return {
        date.fromisoformat(month)
        for month in months | {entry["month"] for entry in entries if "month" in entry}
    }


def backfilled(settings: Settings) -> list[str]:
    """Names every backfilled telling."""
    return [
        f"{entry['build_id']} {entry['as_of']}"
        for entry in _entries(settings)
        if _source(entry) == BACKFILLED
    ]


def write_down(settings: Settings, pointer: Pointer) -> None:
    """Append what a published generation told of its latest month, one verdict per segment."""
    _append(
        settings,
        {
            "generation": pointer.generation,
            "build_id": pointer.build_id,
            "as_of": pointer.as_of,
            "published_at": pointer.published_at,
            "verdicts": _judged(settings, pointer.path(settings)),
        },
    )


def write_backfilled(
    settings: Settings, build: Path, month: date, *, build_id: str, as_of: datetime
) -> None:
    """Append what a build as of the end of a past month would have told of it."""
    verdicts = [row for row in _judged(settings, build) if row["month"] == month]
    _append(
        settings,
        {
            "month": month.isoformat(),
            "build_id": build_id,
            "as_of": as_of.isoformat(),
            "backfilled_at": _now(),
            "verdicts": verdicts,
        },
    )


def take_back(settings: Settings, months: Collection[date]) -> list[date]:
    """Append that the backfilled verdicts of these months hold no longer; those that had one."""
    wanted = {month.isoformat() for month in months}
    taken = sorted({entry["month"] for entry in _entries(settings) if entry.get("month") in wanted})
    if taken:
        _append(settings, {"taken_back": taken, "taken_back_at": _now()})
    return [date.fromisoformat(month) for month in taken]


def write_told(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make table `raw.told_verdicts` in the connection's default database; the first telling is 1.

    A generation that is published again as it was tells nothing new.
    """
    text = ", ".join(f"{name} varchar" for name in (*TOLD, *VERSIONS))
    connection.execute(
        "create table raw.told_verdicts (telling integer, source varchar, as_of timestamp, "
        f"build_id varchar, segment varchar, month date, {text})"
    )
    for telling, entry in enumerate(_entries(settings), start=1):
        for row in entry["verdicts"]:
            values = [
                _source(entry),
                entry["as_of"],
                entry["build_id"],
                *(row.get(name) for name in ("segment", "month", *TOLD, *VERSIONS)),
            ]
            literals = ("null" if value is None else quoted(str(value)) for value in values)
            connection.execute(
                f"insert into raw.told_verdicts values ({telling}, {', '.join(literals)})"
            )


def _judged(settings: Settings, build: Path) -> list[dict[str, Any]]:
    """The latest verdicts of a build or snapshot, with what they were judged by."""
    with open_warehouse(settings, build, read_only=True) as connection:
        verdicts = rows(connection, LATEST_VERDICTS)
        try:
            versions = rows(connection, "from marts.dim_verdict_versions")
        except duckdb.CatalogException:  # published before there was such a table
            versions = []
    by_segment = {row["segment"]: row for row in versions}
    return [
        row | {name: by_segment.get(row["segment"], {}).get(name) for name in VERSIONS}
        for row in verdicts
    ]


def _append(settings: Settings, entry: dict[str, Any]) -> None:
    path = _path(settings)
    with path.open("a", encoding="utf-8") as file:
        # a line that a killed process cut short ends here, and is no entry
        file.write("\n" if path.stat().st_size and not _ends_whole(path) else "")
        file.write(json.dumps(entry, default=str) + "\n")
    sync_file(path)


def _source(entry: dict[str, Any]) -> str:
    return PUBLISHED if "generation" in entry else BACKFILLED


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _entries(settings: Settings) -> list[dict[str, Any]]:
    """The tellings that stand, in the order in which they were written."""
    try:
        lines = _path(settings).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    standing: list[dict[str, Any]] = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if "taken_back" in entry:
            # only a backfilled telling names its month
            standing = [one for one in standing if one.get("month") not in entry["taken_back"]]
        else:
            standing.append(entry)
    return standing


def _ends_whole(path: Path) -> bool:
    return path.read_bytes()[-1:] == b"\n"


def _path(settings: Settings) -> Path:
    return settings.var / "verdicts.jsonl"
