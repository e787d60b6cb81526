"""The home as a Dagster resource: its settings, and its lock for the duration of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from orchestration.defs.dead_runs import record_process
from orchestration.platform.lock import refresh_lock
from orchestration.platform.progress import listening
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.watchdog import watched

# one step at a time may work on a home's files; see dagster.yaml
POOL = "warehouse"


class Home(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The home that a run works on; only one run at a time can lock it."""

    path: str

    @property
    def settings(self) -> Settings:
        return load_settings(Path(self.path))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Home"]:
        with refresh_lock(self.settings), watched(self.settings):
            if context.instance is not None and context.run_id is not None:
                record_process(context.instance, context.run_id)
            yield self


@contextmanager
def speaking(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Send the steps' messages to the run's log."""
    with listening(context.log.info):
        yield
