"""One build: a new DuckDB file with landed and reference data and the models that dbt builds."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration.ingest.present import as_of_default, input_fingerprint, present
from orchestration.ingest.reference import load_reference
from orchestration.ingest.resolve import resolve
from orchestration.ingest.stored_statistics import store_statistics
from orchestration.ingest.value_meter import with_value_meter
from orchestration.pipeline import transform
from orchestration.pipeline.custom import build_custom, custom_version
from orchestration.pipeline.nodes import UNCHANGED, NodeResult
from orchestration.pipeline.rating_chain import rating_chain, write_chain
from orchestration.pipeline.reuse import forget, seal
from orchestration.pipeline.transform import building_path
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.files import read_json, sync_folder, write_json
from orchestration.platform.moments import last_day
from orchestration.platform.progress import say
from orchestration.platform.published import intact_generations, is_intact, read_pointer
from orchestration.platform.reported import backfilled
from orchestration.platform.settings import Settings
from orchestration.platform.space import need_disk
from orchestration.platform.versions import code_version
from orchestration.platform.warehouse import open_warehouse

BUILDS_KEPT = 2

# settings that can change a figure; the others concern the machine or the schedule
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
    """A build that is not yet published; stored in a file, so that each step can run separately."""

    build_id: str
    as_of: datetime


def build_id(
    settings: Settings,
    *,
    fingerprint: str,
    as_of: datetime,
    code: str,
    known_until: date | None = None,
    reported: Sequence[str] = (),
    custom: str | None = None,
) -> str:
    """A hash (16 hexadecimal digits) of everything that a build's figures depend on."""
    parts = {
        "inputs": fingerprint,
        "as_of": as_of.isoformat(),
        "known_until": str(known_until),
        "reported": list(reported),
        "settings": {name: getattr(settings, name) for name in TELLING_SETTINGS},
        "code": code,
    } | ({"custom": custom} if custom else {})
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def start(
    settings: Settings, *, as_of: datetime | None = None, full_refresh: bool = False
) -> Candidate | None:
    """Provide landed and reference data to a new build file; None if nothing is new.

    Nothing is new if the published build, or the one that was rolled back, has the same inputs,
    settings, as-of and code. A build with an explicit as-of ignores later proposals. Raises
    InputError if the inputs are unusable.
    """
    settled = resolve(settings)
    load_reference(settings)
    settings = with_value_meter(settings, settled)
    moment = as_of or as_of_default(settings)
    known_until = last_day(as_of, settings.time_zone) if as_of else None
    identity = build_id(
        settings,
        fingerprint=input_fingerprint(settings),
        as_of=moment,
        code=code_version(),
        known_until=known_until,
        # reported verdicts do not count as inputs, or each publication would trigger the next
        reported=backfilled(settings),
        custom=custom_version(settings),
    )
    clean(settings)
    if not full_refresh and _is_known(settings, identity):
        say("Nothing new: the published snapshot already has these inputs, settings and code.")
        return None
    need_disk(settings)
    candidate = Candidate(build_id=identity, as_of=moment)
    settings.builds.mkdir(parents=True, exist_ok=True)
    say(f"Building {identity} as of {moment:%Y-%m-%d %H:%M} UTC")
    if not full_refresh:
        transform.start_from_last_build(settings)
    present(settings, building_path(settings), moment, identity, known_until=known_until)
    write_json(_marker(settings), {**asdict(candidate), "as_of": moment.isoformat()})
    return candidate


def current_candidate(settings: Settings) -> Candidate:
    """The build in progress, as left by `start`; SeatshiftError if there is none."""
    marker = read_json(_marker(settings)) or {}
    try:
        return Candidate(str(marker["build_id"]), datetime.fromisoformat(marker["as_of"]))
    except (KeyError, TypeError, ValueError):
        state = "cannot be read" if _marker(settings).exists() else "is missing"
        raise SeatshiftError(
            f"No build of {settings.home} is in progress ({_marker(settings)} {state}); "
            "run the whole job `refresh` to start one."
        ) from None


def run_dbt(
    settings: Settings,
    candidate: Candidate,
    report: Callable[[NodeResult], None] | None = None,
) -> list[NodeResult]:
    """Build the file with dbt; it gets its final name only if every model and test succeeds.

    `report` receives each result as soon as it is known.
    """
    say("dbt: building models and running their tests")
    results = transform.run_models(settings, building_path(settings), report)
    if all(result.is_good for result in results):
        with open_warehouse(settings, building_path(settings)) as connection:
            write_chain(connection, rating_chain(transform.compiled_models(settings)))
        build_custom(settings, building_path(settings))
        build = build_path(settings, candidate.build_id)
        building_path(settings).replace(build)
        seal(building_path(settings), build)
        sync_folder(settings.builds)
        store_statistics(settings, build)
        say(_summary(results))
    return results


def _summary(results: Sequence[NodeResult]) -> str:
    models = [result for result in results if result.kind == "model"]
    unchanged = sum(result.message == UNCHANGED for result in models)
    taken = f" ({unchanged} of them taken over unchanged)" if unchanged else ""
    return f"dbt: {len(models)} models built{taken}, {len(results) - len(models)} tests passed"


def build_path(settings: Settings, identity: str) -> Path:
    """The finished build's file."""
    return settings.builds / f"{identity}.duckdb"


def sweep(settings: Settings) -> None:
    """Delete abandoned builds; requires the lock."""
    for pattern in ("building.*", "backfill.duckdb*"):
        for leftover in settings.builds.glob(pattern):
            leftover.unlink()
    for folder in (settings.var, settings.builds, settings.snapshots):
        for leftover in folder.glob(".*.tmp*"):
            leftover.unlink()
    shutil.rmtree(settings.var / "tmp", ignore_errors=True)


def clean(settings: Settings) -> None:
    """Delete what abandoned builds left, and all but the latest builds."""
    _marker(settings).unlink(missing_ok=True)
    sweep(settings)
    finished = sorted(settings.builds.glob("*.duckdb"), key=lambda path: path.stat().st_mtime)
    pointer = read_pointer(settings)
    served = pointer.build_id if pointer else None
    audited = [path for path in finished if passed_audit(settings, path.stem)]
    kept = {path.stem for path in audited[-BUILDS_KEPT:]} | {served}
    for path in finished:
        if path.stem not in kept:
            path.unlink()
            forget(path)


def passed_audit(settings: Settings, identity: str) -> dict[str, Any] | None:
    """The audit of this build if it passed; None if it did not or its file is damaged."""
    audit = read_json(settings.builds / f"{identity}.audit.json") or {}
    is_whole = isinstance(audit.get("evidence"), list) and isinstance(audit.get("docs"), str)
    is_pass = (audit.get("build_id"), audit.get("verdict")) == (identity, "PASS")
    return audit if is_whole and is_pass else None


def _is_known(settings: Settings, identity: str) -> bool:
    """Whether this build is published, or was before a rollback, and its snapshot is intact.

    Raises SeatshiftError if a rollback went to a generation whose snapshot is lost: what a person
    rolled back must not be published again automatically.
    """
    pointer = read_pointer(settings)
    if pointer is None or identity not in (pointer.build_id, pointer.rolled_back_from):
        return False
    if is_intact(settings, pointer):
        return True
    if identity == pointer.build_id:
        return False
    others = ", ".join(str(number) for number in intact_generations(settings)) or "none"
    raise SeatshiftError(
        f"{pointer.path(settings)}, published by a rollback, is missing or damaged; "
        f"run `seatshift rollback` with an intact generation ({others}), or "
        "`seatshift refresh --full-refresh` to publish today's inputs."
    )


def _marker(settings: Settings) -> Path:
    return settings.builds / "candidate.json"
