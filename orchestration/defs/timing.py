"""When a refresh runs: by hand, every day, and when files arrive."""

import hashlib
import json
import os
from pathlib import Path

import dagster as dg

from orchestration.defs.dead_runs import end_dead_runs
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings

JOB = "refresh"


# the whole flow, in one process: a second one could not open the build file
REFRESH = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Exports to published snapshot; nothing is published if nothing is new.",
    # a run that died left an incomplete build: its retry starts over
    tags={"dagster/retry_strategy": "ALL_STEPS"},
)


def daily_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Once a day at refresh.hour in the company's time zone.

    Its exports should be written by then.
    """
    if settings.refresh_hour > 23:
        raise InputError(
            f"{settings.home / 'settings.toml'}: refresh.hour is {settings.refresh_hour}; "
            "write an hour from 0 to 23."
        )
    return dg.ScheduleDefinition(
        name="daily_refresh",
        job_name=JOB,
        cron_schedule=f"0 {settings.refresh_hour} * * *",
        execution_timezone=settings.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Every day at {settings.refresh_hour}:00, {settings.time_zone}.",
    )


def new_files_sensor(settings: Settings) -> dg.SensorDefinition:
    """Request a refresh once the inputs have changed and have then been stable for one check."""

    @dg.sensor(
        name="new_files",
        job_name=JOB,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Refreshes when files in exports, reference or mappings changed.",
    )
    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        state = json.loads(context.cursor) if context.cursor else {"seen": "", "asked": ""}
        now = inputs_state(settings)
        if now == state["asked"]:
            return dg.SensorResult(skip_reason="No input changed.", cursor=context.cursor)
        if now != state["seen"]:
            return dg.SensorResult(
                skip_reason="Inputs changed; waiting until they are stable.",
                cursor=json.dumps({**state, "seen": now}),
            )
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=now)],
            cursor=json.dumps({"seen": now, "asked": now}),
        )

    return new_files


def dead_runs_sensor(settings: Settings) -> dg.SensorDefinition:
    """Check for dead runs at regular intervals while Dagster runs."""

    @dg.sensor(
        name="dead_runs",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Ends runs whose process is gone, so the next refresh can start.",
    )
    def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        ended = end_dead_runs(context.instance, settings)
        return dg.SkipReason("\n".join(ended) or "Every run in progress has its process.")

    return dead_runs


def inputs_state(settings: Settings) -> str:
    """A hash of the names, sizes and times of the input files; no file is read."""
    folders = (settings.exports, settings.reference, settings.mappings)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    total = hashlib.sha256()
    for path in sorted([*files, settings.home / "settings.toml"]):
        # a name need not be UTF-8
        total.update(os.fsencode(f"{path.relative_to(settings.home)}{_stamp(path)}\n"))
    return total.hexdigest()


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except FileNotFoundError:
        return " gone"
    return f" {status.st_size} {status.st_mtime_ns}"
