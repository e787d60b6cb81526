"""One refresh: the Dagster job, run in this process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.defs.graph import home_definitions
from orchestration.defs.inputs import OP
from orchestration.defs.timing import JOB
from orchestration.pipeline.build import sweep
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.lock import refresh_lock
from orchestration.platform.progress import say
from orchestration.platform.published import Pointer, read_pointer
from orchestration.platform.restore import restore
from orchestration.platform.settings import Settings
from orchestration.platform.space import need_addresses


@dataclass(frozen=True)
class Outcome:
    """The generation that readers see after a refresh, and whether this refresh published it."""

    pointer: Pointer
    is_new: bool


def refresh(
    settings: Settings, *, as_of: datetime | None = None, full_refresh: bool = False
) -> Outcome:
    """Run all steps; raises SeatshiftError, and the old generation stays published."""
    with refresh_lock(settings):
        need_addresses()
        restore(settings)
        sweep(settings)
        before = read_pointer(settings)
        say("Loading the models and the order of steps")
        job = home_definitions(settings).resolve_job_def(JOB)
        try:
            with dg.DagsterInstance.ephemeral() as instance:
                job.execute_in_process(
                    instance=instance,
                    run_config=_run_config(as_of, full_refresh=full_refresh),
                    raise_on_error=True,
                )
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


def _run_config(as_of: datetime | None, *, full_refresh: bool) -> dict[str, Any]:
    return {
        "ops": {
            OP: {
                "config": {
                    "as_of": as_of.isoformat() if as_of else None,
                    "full_refresh": full_refresh,
                }
            }
        },
        # only our progress lines are printed; Dagster's own stay in its log
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
