"""Checks whether this machine and a home can run a refresh."""

import shutil
import sys
from pathlib import Path
from typing import Any

from orchestration.homes import decisions
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.files import contents
from orchestration.platform.private import AND_GROUP, left_open, umask_of
from orchestration.platform.published import damage, generations, intact_generations, read_pointer
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.verdict_file import verdict_file
from orchestration.platform.versions import LIBRARIES, library_versions

GIB = 1024**3
SPACE_NEEDED = 2 * GIB


def examine(home: Path) -> list[dict[str, Any]]:
    """One finding per check: its subject, whether it is fine, and what was found."""
    findings = [
        _finding("python", (3, 11) <= sys.version_info[:2] < (3, 14), sys.version.split()[0]),
        _libraries(),
    ]
    try:
        settings = load_settings(home)
    except SeatshiftError as error:
        return [*findings, _finding("home", False, str(error))]
    findings.append(_finding("home", True, str(settings.home)))
    return [
        *findings,
        _exports(settings),
        _space(settings),
        _snapshot(settings),
        _decisions(settings),
        _verdicts(settings),
        _readers(settings),
        _generations(settings),
    ]


def _libraries() -> dict[str, Any]:
    versions = library_versions()
    found = ", ".join(f"{name} {versions[name]}" for name in LIBRARIES)
    return _finding("libraries", True, found)


def _exports(settings: Settings) -> dict[str, Any]:
    if not settings.exports.is_dir():
        return _finding("exports", False, f"{settings.exports} is missing; put the exports there")
    files = [path for path in settings.exports.rglob("*") if path.is_file()]
    return _finding("exports", bool(files), f"{_counted(len(files), 'file')} in {settings.exports}")


def _space(settings: Settings) -> dict[str, Any]:
    free = shutil.disk_usage(settings.home).free
    return _finding("disk", free >= SPACE_NEEDED, f"{free / GIB:.1f} GiB free")


def _snapshot(settings: Settings) -> dict[str, Any]:
    try:
        pointer = read_pointer(settings)
    except SeatshiftError as error:
        return _finding("snapshot", False, str(error))
    if pointer is None:
        return _finding("snapshot", True, "nothing published yet; run `seatshift refresh`")
    wrong = damage(settings)
    return _finding("snapshot", wrong is None, wrong or f"generation {pointer.generation}")


def _generations(settings: Settings) -> dict[str, Any]:
    """Generations available for a rollback; a damaged one does not prevent a refresh."""
    existing = [entry.generation for entry in generations(settings)]
    intact = intact_generations(settings)
    found = f"intact: {_listed(intact)}"
    if set(existing) - set(intact):
        found += (
            f"; damaged, unavailable for a rollback: {_listed(sorted({*existing} - {*intact}))}"
        )
    return _finding("generations", True, found)


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers) or "none"


def _decisions(settings: Settings) -> dict[str, Any]:
    path = settings.home / decisions.NAME
    read = [decisions.read(path, table) for table in decisions.COLUMNS]
    fault = decisions.look(path)
    entries, changes = (len(reading.rows) for reading in read)
    if fault is not None:
        return _finding(
            "decisions", False, f"in {settings.home}, {fault.sentence(entries + changes)}"
        )
    found = (
        f"{entries} {'decision or note' if entries == 1 else 'decisions and notes'}, "
        f"{_counted(changes, 'threshold change')}"
    )
    return _finding("decisions", True, found if path.exists() else "none recorded yet")


def _verdicts(settings: Settings) -> dict[str, Any]:
    path = verdict_file(settings)
    reports = len((contents(path) or b"").splitlines())
    found = f"{_counted(reports, 'report')} in {path}" if reports else "none reported yet"
    if path.parent != settings.home:
        found += f"; the next refresh moves the file to {settings.home}"
    return _finding("verdicts", True, found)


def _readers(settings: Settings) -> dict[str, Any]:
    found = left_open(settings.home, settings.var)
    whose = "its owner and group" if umask_of(settings.home) == AND_GROUP else "its owner"
    return _finding("readers", not found, "; ".join(found) or f"only {whose} can read the home")


def _counted(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else f'{one}s'}"


def _finding(what: str, ok: bool, found: str) -> dict[str, Any]:
    return {"what": what, "ok": ok, "found": found}
