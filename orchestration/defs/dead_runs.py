"""Runs whose process died with its machine: Dagster would show them as running for hours.

Such a run keeps its place and the pool's slot, so that no refresh runs after it. Each run writes
down which process works on it; where that process is gone, the run is marked as failed here, and
`run_retries` in dagster.yaml has it tried again.
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
# how long a run of which no process is known may say nothing
SILENT_SECONDS = 60.0

IN_PROGRESS = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def record_process(instance: dg.DagsterInstance, run_id: str) -> None:
    """Write down that this process works on the run."""
    # with the run's id, because a retry is given the tags of the run that it repeats
    value = {"run_id": run_id, **asdict(process_of(os.getpid()))}
    instance.add_run_tags(run_id, {TAG: json.dumps(value)})


def end_dead_runs(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Mark runs whose process is gone as failed and free their slots; one sentence for each.

    A run that was being canceled becomes canceled, so that nothing repeats it. Runs whose process
    lives, and runs that wait in the queue, are left alone.
    """
    ended = []
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=IN_PROGRESS)):
        reason = _reason(instance, settings, run)
        # a run says how it ended before its process ends: what is read now is its last word
        now = instance.get_run_by_id(run.run_id)
        if reason is None or now is None or now.status not in IN_PROGRESS:
            continue
        if now.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(now, f"Canceled: {reason}.")
            state = "canceled"
        else:
            instance.report_run_failed(now, f"This run was cut off: {reason}.")
            state = "failed"
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        ended.append(f"Run {run.run_id} was cut off ({reason}); it is marked as {state}.")
    return ended


def end_dead_runs_of_home(settings: Settings, folder: str) -> list[str]:
    """`end_dead_runs` of the Dagster instance in this folder."""
    with dg.DagsterInstance.from_config(folder) as instance:
        return end_dead_runs(instance, settings)


def _reason(instance: dg.DagsterInstance, settings: Settings, run: dg.DagsterRun) -> str | None:
    """Why the run is dead; None where it lives or may still live."""
    process = _recorded(run)
    runs = is_running(process) if process else None
    if process and runs is not None:
        return None if runs else f"its process {process.pid} is gone"
    # it has not recorded its process yet, or did so in another container or before a reboot. A
    # code server watches the runs that it started, and whoever works on a home holds its lock
    silent = _silent_seconds(instance, run)
    if silent < SILENT_SECONDS or _code_server_answers(run) or running_since(settings) is not None:
        return None
    return f"no process works on it, and it has said nothing for {silent:.0f} seconds"


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
    """Seconds since the last line of the run's log; a clock that was set back counts as well."""
    last = instance.get_records_for_run(run.run_id, limit=1, ascending=False).records
    if last:
        return abs(time.time() - last[0].timestamp)
    record = instance.get_run_record_by_id(run.run_id)
    return abs(time.time() - record.update_timestamp.timestamp()) if record else 0.0
