"""One build: a new DuckDB file filled from landing and reference data, then by dbt."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration import transform
from orchestration.errors import SeatshiftError
from orchestration.files import read_json, sync_folder, write_json
from orchestration.ingest.present import as_of_default, input_fingerprint, present
from orchestration.ingest.reference import load_reference
from orchestration.ingest.resolve import resolve
from orchestration.moments import last_day
from orchestration.progress import say
from orchestration.published import read_pointer
from orchestration.rating_chain import rating_chain, write_chain
from orchestration.settings import Settings
from orchestration.told import backfilled
from orchestration.transform import NodeResult, building_path
from orchestration.versions import code_version
from orchestration.warehouse import open_warehouse

BUILDS_KEPT = 2
GIB = 1024**3

# settings that can change a figure; the rest is about the machine or the schedule
TELLING_SETTINGS = (
    "company_name",
    "time_zone",
    "reporting_currency",
    "value_meter",
    "outcome_reopen_hours",
    "max_file_bytes",
)


@dataclass(frozen=True)
class Candidate:
    """A build on its way to be published; kept in a file, so that each step can run alone."""

    build_id: str
    as_of: datetime


def build_id(
    settings: Settings,
    *,
    fingerprint: str,
    as_of: datetime,
    code: str,
    known_until: date | None = None,
    told: Sequence[str] = (),
) -> str:
    """16 hexadecimal digits over everything that a build's figures depend on."""
    parts = {
        "inputs": fingerprint,
        "as_of": as_of.isoformat(),
        "known_until": str(known_until),
        "told": list(told),
        "settings": {name: getattr(settings, name) for name in TELLING_SETTINGS},
        "code": code,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def start(
    settings: Settings, *, as_of: datetime | None = None, full_refresh: bool = False
) -> Candidate | None:
    """Show landing and reference data to a new build file; None where nothing is new.

    Nothing is new where the published build, or the one that somebody rolled back from, was made
    of the same inputs, settings, as-of and code. A build as of a given moment looks back: what was
    proposed after it does not count. Raises InputError where the inputs are unusable.
    """
    resolve(settings)
    load_reference(settings)
    moment = as_of or as_of_default(settings)
    known_until = last_day(as_of, settings.time_zone) if as_of else None
    identity = build_id(
        settings,
        fingerprint=input_fingerprint(settings),
        as_of=moment,
        code=code_version(),
        known_until=known_until,
        # a publication writes down what it told: were that to count, each would call for the next
        told=backfilled(settings),
    )
    clean(settings)
    if not full_refresh and _is_known(settings, identity):
        say("Nothing new: the published snapshot already has these inputs, settings and code.")
        return None
    _need_space(settings)
    candidate = Candidate(build_id=identity, as_of=moment)
    settings.builds.mkdir(parents=True, exist_ok=True)
    say(f"Building {identity} as of {moment:%Y-%m-%d %H:%M} UTC")
    present(settings, building_path(settings), moment, identity, known_until=known_until)
    write_json(_marker(settings), {**asdict(candidate), "as_of": moment.isoformat()})
    return candidate


def current_candidate(settings: Settings) -> Candidate:
    """The build that the steps after `start` work on."""
    marker = read_json(_marker(settings))
    if marker is None:
        raise SeatshiftError(
            f"No build of {settings.home} is in progress: run the whole job `refresh`."
        )
    return Candidate(build_id=marker["build_id"], as_of=datetime.fromisoformat(marker["as_of"]))


def run_dbt(settings: Settings, candidate: Candidate) -> list[NodeResult]:
    """Fill the file by dbt; it gets its final name only where every model and test is good."""
    say("dbt: building models and running their tests")
    results = transform.run_models(settings, building_path(settings))
    if all(result.is_good for result in results):
        with open_warehouse(settings, building_path(settings)) as connection:
            write_chain(connection, rating_chain(transform.compiled_models(settings)))
        building_path(settings).replace(build_path(settings, candidate.build_id))
        sync_folder(settings.builds)
        models = sum(result.kind == "model" for result in results)
        say(f"dbt: {models} models built, {len(results) - models} tests passed")
    return results


def build_path(settings: Settings, identity: str) -> Path:
    """The finished build's file."""
    return settings.builds / f"{identity}.duckdb"


def clean(settings: Settings) -> None:
    """Remove what abandoned builds left, and builds older than the last few."""
    _marker(settings).unlink(missing_ok=True)
    for pattern in ("building.duckdb*", "backfill.duckdb*", ".*.tmp"):
        for leftover in settings.builds.glob(pattern):
            leftover.unlink()
    shutil.rmtree(settings.var / "tmp", ignore_errors=True)
    finished = sorted(settings.builds.glob("*.duckdb"), key=lambda path: path.stat().st_mtime)
    pointer = read_pointer(settings)
    served = pointer.build_id if pointer else None
    audited = [path for path in finished if _has_passed(settings, path.stem)]
    kept = {path.stem for path in audited[-BUILDS_KEPT:]} | {served}
    for path in finished:
        if path.stem not in kept:
            path.unlink()


def _has_passed(settings: Settings, identity: str) -> bool:
    audit: dict[str, Any] | None = read_json(settings.builds / f"{identity}.audit.json")
    return audit is not None and audit.get("verdict") == "PASS"


def _is_known(settings: Settings, identity: str) -> bool:
    pointer = read_pointer(settings)
    return pointer is not None and identity in (pointer.build_id, pointer.rolled_back_from)


def _need_space(settings: Settings) -> None:
    sizes = [path.stat().st_size for path in settings.builds.glob("*.duckdb")]
    needed = 3 * max(sizes, default=0) + GIB
    free = shutil.disk_usage(settings.var).free
    if free < needed:
        raise SeatshiftError(
            f"{settings.var} has {free / GIB:.1f} GiB free and a refresh needs {needed / GIB:.1f}: "
            "free some space, then refresh again; the published snapshot is unchanged."
        )


def _marker(settings: Settings) -> Path:
    return settings.builds / "candidate.json"
