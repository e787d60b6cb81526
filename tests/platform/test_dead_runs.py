"""Runs whose process died are found and ended; runs that live, or may still live, are not."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from orchestration.defs import dead_runs
from orchestration.defs.dead_runs import SILENT_SECONDS, end_dead_runs
from orchestration.defs.home import POOL, Home
from orchestration.defs.timing import dead_runs_sensor
from orchestration.platform.lock import refresh_lock
from orchestration.platform.processes import Process, is_running, process_of
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.instance import prepare_instance
from tests.platform.small_home import make_small_home

pytestmark = pytest.mark.slow

Start = Callable[..., dg.DagsterRun]
STARTED, STARTING = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING


@dg.job
def nothing() -> None:
    return


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(make_small_home(tmp_path / "home"))


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of a home, with its own settings."""
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        yield instance


@pytest.fixture
def ended() -> Process:
    """A process of this machine that ran and ended."""
    with subprocess.Popen(["sleep", "60"]) as child:
        process = process_of(child.pid)
        child.kill()
    return process


@pytest.fixture
def start(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A run in progress; where a process is given, the run has written it down as its own."""

    def started(
        process: Process | None = None,
        status: dg.DagsterRunStatus = STARTED,
        **tags: str,
    ) -> dg.DagsterRun:
        root = tags.get("dagster/root_run_id")
        run = instance.create_run_for_job(
            nothing, status=status, tags=tags, root_run_id=root, parent_run_id=root
        )
        if process:
            with monkeypatch.context() as patch:
                patch.setattr(dead_runs, "process_of", lambda pid: process)
                dead_runs.record_process(instance, run.run_id)
        return run

    return started


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets enough time pass for a silent run to be given up."""

    def pass_by() -> None:
        seen = SimpleNamespace(time=lambda: time.time() + SILENT_SECONDS + 1)
        monkeypatch.setattr(dead_runs, "time", seen)

    return pass_by


def status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status.value


def test_a_process_is_recognised_by_more_than_its_number(ended: Process) -> None:
    mine = process_of(os.getpid())
    assert is_running(mine) is True
    assert is_running(ended) is False
    assert is_running(replace(mine, started="1")) is False
    assert is_running(replace(mine, place="another machine")) is None


def test_a_process_that_ended_but_was_not_waited_for_is_gone() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        process = process_of(child.pid)
        assert is_running(process) is True
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_running(process) is False


@pytest.mark.parametrize("at", [STARTED, STARTING], ids=str)
def test_a_run_whose_process_is_gone_fails_and_frees_its_slot(
    settings: Settings,
    instance: dg.DagsterInstance,
    start: Start,
    ended: Process,
    at: dg.DagsterRunStatus,
) -> None:
    run = start(ended, at)
    pools = instance.event_log_storage
    pools.set_concurrency_slots(POOL, 1)
    assert pools.claim_concurrency_slot(POOL, run.run_id, "inputs").is_claimed

    (sentence,) = end_dead_runs(instance, settings)

    assert status(instance, run) == "FAILURE"
    assert run.run_id in sentence and f"process {ended.pid} is gone" in sentence
    assert pools.claim_concurrency_slot(POOL, "the next", "inputs").is_claimed
    assert end_dead_runs(instance, settings) == []


def test_a_number_that_another_process_has_by_now_saves_no_run(
    settings: Settings, instance: dg.DagsterInstance, start: Start
) -> None:
    run = start(replace(process_of(os.getpid()), started="1"))
    end_dead_runs(instance, settings)
    assert status(instance, run) == "FAILURE"


def test_a_living_process_keeps_its_run_however_long_it_is_silent(
    settings: Settings,
    instance: dg.DagsterInstance,
    start: Start,
    later: Callable[[], None],
) -> None:
    # as with a second daemon: the process is not a child of the one that checks
    run = start(process_of(os.getppid()))
    later()
    assert end_dead_runs(instance, settings) == []
    assert status(instance, run) == "STARTED"


@pytest.mark.parametrize("at", [STARTED, STARTING], ids=str)
def test_a_run_without_a_known_process_is_given_a_while(
    settings: Settings,
    instance: dg.DagsterInstance,
    start: Start,
    later: Callable[[], None],
    at: dg.DagsterRunStatus,
) -> None:
    run = start(None, at)
    assert end_dead_runs(instance, settings) == []
    later()
    assert "no process works on it" in end_dead_runs(instance, settings)[0]
    assert status(instance, run) == "FAILURE"


def test_a_run_of_another_machine_or_boot_lives_while_the_home_is_locked(
    settings: Settings,
    instance: dg.DagsterInstance,
    start: Start,
    later: Callable[[], None],
) -> None:
    run = start(replace(process_of(os.getpid()), place="this machine, before its last start"))
    assert end_dead_runs(instance, settings) == []
    later()
    with refresh_lock(settings):
        assert end_dead_runs(instance, settings) == []
    end_dead_runs(instance, settings)
    assert status(instance, run) == "FAILURE"


def test_a_run_that_its_code_server_still_starts_is_left_to_it(
    settings: Settings,
    instance: dg.DagsterInstance,
    start: Start,
    later: Callable[[], None],
) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        path = f"{folder}/code.sock"
        server.bind(path)
        server.listen()
        run = start(None, STARTING, **{".dagster/grpc_info": f'{{"socket": "{path}"}}'})
        later()
        assert end_dead_runs(instance, settings) == []
    end_dead_runs(instance, settings)
    assert status(instance, run) == "FAILURE"


def test_a_retry_is_not_judged_by_the_process_of_the_run_that_it_repeats(
    settings: Settings, instance: dg.DagsterInstance, start: Start, ended: Process
) -> None:
    first = start(ended)
    end_dead_runs(instance, settings)
    dead = instance.get_run_by_id(first.run_id)
    assert dead is not None
    retry = start(None, STARTING, **dead.tags)
    assert end_dead_runs(instance, settings) == []
    assert status(instance, retry) == "STARTING"


def test_a_run_that_was_being_canceled_is_canceled_and_one_that_waits_stays(
    settings: Settings, instance: dg.DagsterInstance, start: Start, ended: Process
) -> None:
    canceled = start(ended, dg.DagsterRunStatus.CANCELING)
    waiting = start(ended, dg.DagsterRunStatus.NOT_STARTED)
    end_dead_runs(instance, settings)
    assert status(instance, canceled) == "CANCELED"
    assert status(instance, waiting) == "NOT_STARTED"


def test_a_dead_run_is_tried_again_twice_and_no_more(
    settings: Settings, instance: dg.DagsterInstance, ended: Process, start: Start
) -> None:
    will_retry: list[str] = []
    tags: dict[str, str] = {}
    for _ in range(3):
        run = start(ended, **tags)
        tags = tags or {"dagster/root_run_id": run.run_id, "dagster/parent_run_id": run.run_id}
        end_dead_runs(instance, settings)
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        will_retry.append(found.tags["dagster/will_retry"])
    assert will_retry == ["true", "true", "false"]


def test_a_run_writes_down_its_process_when_it_gets_the_home(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    seen = []

    @dg.op(required_resource_keys={"home"})
    def looks(context: dg.OpExecutionContext) -> None:
        run = context.instance.get_run_by_id(context.run_id)
        assert run is not None
        seen.append(dead_runs._recorded(run))

    @dg.job(resource_defs={"home": Home(path=str(settings.home))})
    def looking() -> None:
        looks()

    assert looking.execute_in_process(instance=instance).success
    assert seen == [process_of(os.getpid())]


def test_the_sensor_says_what_it_ended(
    settings: Settings, instance: dg.DagsterInstance, start: Start, ended: Process
) -> None:
    sensor = dead_runs_sensor(settings)
    with dg.build_sensor_context(instance=instance) as context:
        quiet = sensor.evaluate_tick(context)
        run = start(ended)
        loud = sensor.evaluate_tick(context)
    assert quiet.skip_message == "Every run in progress has its process."
    assert run.run_id in str(loud.skip_message)
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_a_lock_is_free_once_its_process_was_killed(settings: Settings) -> None:
    holds = (
        "import sys, time; from pathlib import Path; "
        "from orchestration.platform.lock import refresh_lock; "
        "from orchestration.platform.settings import load_settings\n"
        "with refresh_lock(load_settings(Path(sys.argv[1]))): print('has it', flush=True); "
        "time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(settings.home)], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"has it\n"
        child.kill()
    with refresh_lock(settings):
        pass
