"""One refresh in this process: the steps of the Dagster job, one after the other.

Dagster schedules refreshes, shows them and runs the same functions as assets. A refresh from the
command line has no use for its event log and its definitions, which take as long as a small build
(benchmarks/README.md). A test keeps the two alike.
"""

from dataclasses import dataclass
from datetime import datetime

from orchestration.ingest.land import land_export
from orchestration.ingest.specs import EXPORTS
from orchestration.pipeline.build import build_path, run_dbt, start, sweep
from orchestration.pipeline.publish import publish, recover
from orchestration.pipeline.transform import building_path, refuse_failed
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.lock import refresh_lock
from orchestration.platform.published import Pointer, read_pointer
from orchestration.platform.restore import restore
from orchestration.platform.settings import Settings
from orchestration.platform.space import need_addresses
from orchestration.platform.watchdog import watched
from orchestration.validation.audit import audit_arrival, audit_built, docs_path, refuse_blocked


@dataclass(frozen=True)
class Outcome:
    """The generation that readers see after a refresh, and whether this refresh published it."""

    pointer: Pointer
    is_new: bool


def refresh(
    settings: Settings, *, as_of: datetime | None = None, full_refresh: bool = False
) -> Outcome:
    """Run all steps; raises SeatshiftError, and the old generation stays published."""
    with refresh_lock(settings), watched(settings):
        need_addresses()
        restore(settings)
        sweep(settings)
        before = read_pointer(settings)
        try:
            _run(settings, as_of=as_of, full_refresh=full_refresh)
        except Exception:
            # a failed build is useless, and may be what fills the disk
            sweep(settings)
            raise
        after = read_pointer(settings)
    if after is None:
        raise SeatshiftError(
            "The run succeeded, but nothing is published: this is a bug in seatshift."
        )
    return Outcome(pointer=after, is_new=before is None or before.generation != after.generation)


def _run(settings: Settings, *, as_of: datetime | None, full_refresh: bool) -> None:
    for export in EXPORTS:
        land_export(settings, export)
    recover(settings)
    candidate = start(settings, as_of=as_of, full_refresh=full_refresh)
    if candidate is None:
        return
    identity = candidate.build_id
    arrived = audit_arrival(settings, build_id=identity, warehouse=building_path(settings))
    refuse_blocked(arrived, docs_path(settings, identity))
    refuse_failed(settings, run_dbt(settings, candidate))
    built = audit_built(settings, build_id=identity, warehouse=build_path(settings, identity))
    refuse_blocked(built, docs_path(settings, identity))
    publish(settings, candidate)
