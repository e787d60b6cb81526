"""Reconstructs the verdicts of past months: one build per month, as of its end.

Recorded verdicts never change: a month that was reported or backfilled is skipped, so an
interrupted run resumes where it stopped. Nothing is published until the next refresh. Backfilled
verdicts can be removed and reconstructed when exports or rules have been corrected.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from orchestration.ingest import ledger
from orchestration.ingest.present import input_fingerprint, present
from orchestration.ingest.resolve import resolve
from orchestration.ingest.value_meter import with_value_meter
from orchestration.pipeline.build import build_id
from orchestration.pipeline.transform import compiled_for, refuse_failed, run_compiled
from orchestration.platform.errors import RequestError, SeatshiftError
from orchestration.platform.lock import refresh_lock
from orchestration.platform.moments import end_of_month, last_day
from orchestration.platform.progress import say
from orchestration.platform.published import open_current, read_pointer
from orchestration.platform.reported import PUBLISHED, reported_months, take_back, write_backfilled
from orchestration.platform.settings import Settings
from orchestration.platform.space import need_addresses
from orchestration.platform.versions import code_version
from orchestration.platform.watchdog import watched

# the models that a verdict needs
MODELS = ("fct_verdicts", "dim_verdict_versions")


@dataclass(frozen=True)
class Backfill:
    """The months that a run reconstructed, and those that already had a verdict."""

    found: list[date]
    kept: list[date]


def backfill(settings: Settings, months: int) -> Backfill:
    """Reconstruct the verdicts of the months before the latest published one, latest first.

    Raises RequestError for an invalid number of months, SeatshiftError if nothing is published
    yet, and AuditRefused if a month's build fails its tests; months finished before that stay.
    """
    _refuse_none(months)
    with refresh_lock(settings), watched(settings):
        need_addresses()
        wanted = _wanted(settings, months)
        known = reported_months(settings)
        kept = [month for month in wanted if month in known]
        found = []
        settings = with_value_meter(settings, resolve(settings))
        for month in kept:
            say(f"{month:%Y-%m} already has a verdict; skipping it")
        missing = [month for month in wanted if month not in known]
        for place, month in enumerate(missing, start=1):
            as_of = end_of_month(month, settings.time_zone)
            say(f"{month:%Y-%m}, {place} of {len(missing)}: building as of {as_of:%Y-%m-%d %H:%M}")
            _find(settings, month, as_of)
            found.append(month)
    return Backfill(found=found, kept=kept)


def undo(settings: Settings, months: int) -> list[date]:
    """Remove the backfilled verdicts of the months before the latest published one; return them.

    Published verdicts stay. The same months can be backfilled again. Raises as `backfill` does.
    """
    _refuse_none(months)
    with refresh_lock(settings):
        return take_back(settings, _wanted(settings, months))


def _refuse_none(months: int) -> None:
    if months < 1:
        raise RequestError(
            f"--months is {months}; give the number of months to look back, such as 12."
        )


def find_verdicts(settings: Settings, as_of: datetime, target: Path) -> str:
    """Build the models that verdicts as of a moment need in a new file; return the build's id."""
    code = code_version()
    known_until = last_day(as_of, settings.time_zone)
    identity = build_id(
        settings,
        fingerprint=input_fingerprint(settings),
        as_of=as_of,
        code=code,
        known_until=known_until,
    )
    for old in target.parent.glob(f"{target.name}*"):
        old.unlink()
    present(settings, target, as_of, identity, known_until=known_until)
    results = run_compiled(settings, target, compiled_for(settings, target, MODELS))
    refuse_failed(settings, results, f"No verdict is recorded for {known_until:%Y-%m}")
    return identity


def _find(settings: Settings, month: date, as_of: datetime) -> None:
    target = settings.builds / "backfill.duckdb"
    try:
        identity = find_verdicts(settings, as_of, target)
        write_backfilled(settings, target, month, build_id=identity, as_of=as_of)
    finally:
        for left in target.parent.glob(f"{target.name}*"):
            left.unlink()
    say(f"{month:%Y-%m}: verdicts recorded")


def _wanted(settings: Settings, months: int) -> list[date]:
    """The requested months, latest first."""
    if not ledger.read_all(settings):
        raise SeatshiftError(
            f"Nothing is loaded in {settings.home} yet; run `seatshift refresh` first."
        )
    pointer = read_pointer(settings)
    reported = reported_months(settings, PUBLISHED)
    if pointer is None or not reported:
        raise SeatshiftError(
            f"No verdict is published in {settings.home} yet; run `seatshift refresh` first."
        )
    earliest = _first_month(settings)
    before = _months_between(earliest, max(reported))
    if before < 1:
        raise RequestError(
            f"There is no month before {max(reported):%Y-%m}; the exports start with it."
        )
    if months > before:
        raise RequestError(
            f"--months {months} reaches back beyond {earliest:%Y-%m}, where the exports start; "
            f"give at most {before}."
        )
    wanted = [max(reported)]
    for _ in range(months):
        wanted.append(_month_before(wanted[-1]))
    return wanted[1:]


def _first_month(settings: Settings) -> date:
    with open_current(settings) as connection:
        row = connection.execute("select min(month) from marts.fct_verdicts").fetchone()
    if row is None or row[0] is None:
        raise SeatshiftError(f"The snapshot of {settings.home} contains no verdict.")
    first: date = row[0]
    return first


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
