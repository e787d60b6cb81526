"""The verdicts as reported, stored permanently whatever later builds find.

Each line of HOME/verdicts.jsonl is one report: what a published generation said about its
latest month, or what a backfill found it would have said. The file is append-only: removing
backfilled verdicts appends a line, too, and published verdicts cannot be removed. If lines are
damaged, the other lines stay, and the damaged file is copied to another name.
"""

import json
from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.platform.errors import RequestError, SeatshiftError
from orchestration.platform.files import contents, set_aside, sync_file, write_text
from orchestration.platform.progress import say
from orchestration.platform.published import Pointer, open_current, rows
from orchestration.platform.sealed import sealed, unsealed
from orchestration.platform.settings import Settings
from orchestration.platform.verdict_file import verdict_file
from orchestration.platform.warehouse import open_warehouse, quoted

LATEST_VERDICTS = """
    select segment, month, verdict, scenario_id, confidence, weakest_link, sentence, flips
    from marts.fct_verdicts
    qualify month = max(month) over ()
    order by segment = 'all' desc, segment
"""
STANDING_STILL = """
    select
        segment, month, horizon_months, accounts, last_revenue, next_revenue, difference,
        difference_low, difference_high, change, change_low, change_high, reason
    from marts.fct_standing_still
    order by segment = 'all' desc, segment, horizon_months
"""
FIELDS = ("verdict", "scenario_id", "confidence", "weakest_link", "sentence", "flips")
VERSIONS = ("price_version", "thresholds_version", "code_version")

PUBLISHED = "published"
BACKFILLED = "backfilled"

RESTORE = "restore it from a backup, or the verdict history starts over"

# the keys that a line may have; earlier versions wrote no checksum
NAMES = (
    "generation",
    "month",
    "build_id",
    "as_of",
    "published_at",
    "backfilled_at",
    "verdicts",
    "taken_back",
    "taken_back_at",
)


def latest_verdicts(settings: Settings, pointer: Pointer) -> list[dict[str, Any]]:
    """One row per segment of the latest month judged, `all` first; empty if no month is closed."""
    with open_warehouse(settings, pointer.path(settings), read_only=True) as connection:
        return rows(connection, LATEST_VERDICTS)


def standing_still(settings: Settings, pointer: Pointer) -> list[dict[str, Any]]:
    """One row per segment and horizon: today's model ahead against the last twelve months.

    Empty if the snapshot was published before there was such a table.
    """
    with open_warehouse(settings, pointer.path(settings), read_only=True) as connection:
        try:
            return rows(connection, STANDING_STILL)
        except duckdb.CatalogException:
            return []


def verdict_history(settings: Settings, segment: str) -> list[dict[str, Any]]:
    """One row per month of the segment in the published snapshot, the latest first.

    Raises SeatshiftError before the first publication, RequestError for an unknown segment.
    """
    with open_current(settings) as connection:
        try:
            found = rows(connection, "from marts.fct_verdict_history order by month desc, segment")
        except duckdb.CatalogException:
            raise SeatshiftError(
                "The published snapshot predates the verdict history; "
                "run `seatshift refresh` first."
            ) from None
    names = sorted({row["segment"] for row in found})
    if names and segment not in names:
        raise RequestError(f"There is no segment {segment!r}; choose one of {', '.join(names)}.")
    return [row for row in found if row["segment"] == segment]


def reported_generations(settings: Settings) -> set[int]:
    """The generations whose verdicts are recorded."""
    return {entry["generation"] for entry in _entries(settings) if "generation" in entry}


def say_if_missing(settings: Settings, pointer: Pointer) -> None:
    """Warn if a home that has published before has lost the file of its verdicts."""
    path = verdict_file(settings)
    if pointer.generation > 1 and not (path.exists() and path.stat().st_size):
        say(f"{path} is {'empty' if path.exists() else 'missing'}: {RESTORE}")


def reported_months(settings: Settings, source: str | None = None) -> set[date]:
    """The months that have a verdict, optionally from one source only."""
    entries = [entry for entry in _entries(settings) if source in (None, _source(entry))]
    # a backfill also records a month for which nothing was known at its end
    months = {str(row["month"]) for entry in entries for row in entry["verdicts"]}
    return {
        date.fromisoformat(month)
        for month in months | {entry["month"] for entry in entries if "month" in entry}
    }


def backfilled(settings: Settings) -> list[str]:
    """An identifier of every backfilled report."""
    return [
        f"{entry['build_id']} {entry['as_of']}"
        for entry in _entries(settings)
        if _source(entry) == BACKFILLED
    ]


def write_down(settings: Settings, pointer: Pointer) -> None:
    """Append what a published generation reports for its latest month, one verdict per segment."""
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
    """Append what a build as of the end of a past month would have reported."""
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
    """Append the removal of these months' backfilled verdicts; return the months that had one."""
    wanted = {month.isoformat() for month in months}
    taken = sorted({entry["month"] for entry in _entries(settings) if entry.get("month") in wanted})
    if taken:
        _append(settings, {"taken_back": taken, "taken_back_at": _now()})
    return [date.fromisoformat(month) for month in taken]


def write_reported(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Create table `raw.reported_verdicts` in the default database; reports are numbered from 1.

    Publishing an unchanged generation again adds no report.
    """
    text = ", ".join(f"{name} varchar" for name in (*FIELDS, *VERSIONS))
    connection.execute(
        "create table raw.reported_verdicts (telling integer, source varchar, as_of timestamp, "
        f"build_id varchar, segment varchar, month date, {text})"
    )
    for telling, entry in enumerate(_entries(settings), start=1):
        for row in entry["verdicts"]:
            values = [
                _source(entry),
                entry["as_of"],
                entry["build_id"],
                *(row.get(name) for name in ("segment", "month", *FIELDS, *VERSIONS)),
            ]
            literals = ("null" if value is None else quoted(str(value)) for value in values)
            connection.execute(
                f"insert into raw.reported_verdicts values ({telling}, {', '.join(literals)})"
            )


def _judged(settings: Settings, build: Path) -> list[dict[str, Any]]:
    """The latest verdicts of a build or snapshot, with the versions of prices, thresholds, code."""
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
    _lines(settings)  # repairs a damaged file first, so that the new line starts on its own line
    path = verdict_file(settings)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(sealed(entry)) + "\n")
    sync_file(path)


def _source(entry: dict[str, Any]) -> str:
    return PUBLISHED if "generation" in entry else BACKFILLED


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _entries(settings: Settings) -> list[dict[str, Any]]:
    """The reports that were not removed, in the order in which they were written."""
    valid: list[dict[str, Any]] = []
    for entry in _lines(settings):
        if "taken_back" in entry:
            # only a backfilled report has a month of its own
            valid = [one for one in valid if one.get("month") not in entry["taken_back"]]
        else:
            valid.append(entry)
    return valid


def _lines(settings: Settings) -> list[dict[str, Any]]:
    """Every intact line; if any is damaged, the file is copied aside and rewritten without it.

    SeatshiftError if the file cannot be read.
    """
    path = verdict_file(settings)
    content = contents(path)
    if content is None:
        if path.exists():
            say(f"{path} is a folder, not a file; renamed it to {set_aside(path).name}; {RESTORE}")
        return []
    # a line that a killed process cut short counts as damaged
    lines = {
        place: line for place, line in enumerate(content.split(b"\n"), start=1) if line.strip()
    }
    found = {place: _entry(line) for place, line in lines.items()}
    good = {place: entry for place, entry in found.items() if entry is not None}
    bad = [str(place) for place in found if place not in good]
    if bad:
        shown = ", ".join(bad[:10]) + (" and more" if bad[10:] else "")
        say(
            f"{path} is damaged in line {shown}; its other lines ({len(good)}) stay, and the "
            f"damaged file was copied to {set_aside(path).name}"
        )
    if bad or (content and not content.endswith(b"\n")):
        write_text(path, "".join(f"{lines[place].decode()}\n" for place in good))
    return list(good.values())


def _entry(line: bytes) -> dict[str, Any] | None:
    """The line's entry; None if the line is damaged."""
    entry = unsealed(line, older=NAMES)
    if entry is None:
        return None
    try:
        return entry if _is_whole(entry) else None
    except (KeyError, TypeError, ValueError):
        return None


def _is_whole(entry: dict[str, Any]) -> bool:
    """Whether the entry is complete; may raise KeyError, TypeError or ValueError if it is not."""
    if "taken_back" in entry:
        return all(_is_day(month) for month in entry["taken_back"])
    is_named = (
        type(entry["generation"]) is int if "generation" in entry else _is_day(entry["month"])
    )
    return (
        is_named
        and isinstance(entry["build_id"], str)
        and datetime.fromisoformat(entry["as_of"]).isoformat() == entry["as_of"]
        and all(_is_day(row["month"]) for row in entry["verdicts"])
    )


def _is_day(text: str) -> bool:
    return date.fromisoformat(text).isoformat() == text
