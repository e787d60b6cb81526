"""Runs whose process died, or whose machine did: Dagster would show them as running for hours.

Such a run would keep the pool's slot and block every later refresh. Each run records the process
that works on it; if that process is gone, the run is marked as failed here, and `run_retries` in
dagster.yaml retries it.
"""

import json
import os
import socket
import time
from dataclasses import asdict

import dagster as dg

from orchestration.platform.lock import running_since
from orchestration.platform.processes import Process, is_running, process_of
from orchestration.platform.settings import Settings

TAG = "seatshift/process"
# Dagster's own: which code server started the run
CODE_SERVER_TAG = ".dagster/grpc_info"
# how long a run without a known process may be silent
SILENT_SECONDS = 60.0

IN_PROGRESS = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def record_process(instance: dg.DagsterInstance, run_id: str) -> None:
    """Record that this process works on the run."""
    # with the run's id, because a retry inherits the tags of the run it repeats
    value = {"run_id": run_id, **asdict(process_of(os.getpid()))}
    instance.add_run_tags(run_id, {TAG: json.dumps(value)})


def end_dead_runs(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Mark runs whose process is gone as failed and free their slots; one sentence for each.

    A run that was being canceled becomes canceled, so it is not retried. Runs whose process is
    alive and queued runs are left alone.
    """
    ended = []
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=IN_PROGRESS)):
        reason = _reason(instance, settings, run)
        # a run records its end before its process ends, so the state read now is final
        now = instance.get_run_by_id(run.run_id)
        if reason is None or now is None or now.status not in IN_PROGRESS:
            continue
        if now.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(now, f"Canceled: {reason}.")
            state = "canceled"
        else:
            instance.report_run_failed(now, f"This run was interrupted: {reason}.")
            state = "failed"
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        ended.append(f"Run {run.run_id} was interrupted ({reason}); it is marked as {state}.")
    return ended


def end_dead_runs_of_home(settings: Settings, folder: str) -> list[str]:
    """`end_dead_runs` of the Dagster instance in this folder."""
    with dg.DagsterInstance.from_config(folder) as instance:
        return end_dead_runs(instance, settings)


def _reason(instance: dg.DagsterInstance, settings: Settings, run: dg.DagsterRun) -> str | None:
    """Why the run is dead; None if it is or may be alive."""
    process = _recorded(run)
    runs = is_running(process) if process else None
    if process and runs is not None:
        return None if runs else f"its process {process.pid} is gone"
    # it has not recorded its process yet, or did so in another container or before a reboot. A code
    # server watches the runs it started, and a process that works on a home holds the home's lock
    silent = _silent_seconds(instance, run)
    if silent < SILENT_SECONDS or _code_server_answers(run) or running_since(settings) is not None:
        return None
    return f"no process works on it, and it has logged nothing for {silent:.0f} seconds"


def _recorded(run: dg.DagsterRun) -> Process | None:
    try:
        value = json.loads(run.tags.get(TAG, "{}"))
        is_its_own = value.pop("run_id", None) == run.run_id
        return Process(**value) if is_its_own else None
    except (AttributeError, TypeError, ValueError):
        # another version of seatshift wrote it
        return None


def _code_server_answers(run: dg.DagsterRun) -> bool:
    path = json.loads(run.tags.get(CODE_SERVER_TAG, "{}")).get("socket")
    if path is None:
        return False
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(path)
        except OSError:
            return False
    return True


def _silent_seconds(instance: dg.DagsterInstance, run: dg.DagsterRun) -> float:
    """Seconds since the last line of the run's log, also if the clock was set back."""
    last = instance.get_records_for_run(run.run_id, limit=1, ascending=False).records
    if last:
        return abs(time.time() - last[0].timestamp)
    record = instance.get_run_record_by_id(run.run_id)
    return abs(time.time() - record.update_timestamp.timestamp()) if record else 0.0
