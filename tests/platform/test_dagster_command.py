"""`seatshift dagster` from start to end: what it leaves, and what the next start makes good."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import dagster as dg
import pytest

from orchestration.defs.dead_runs import TAG
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import Settings, load_settings
from tests.cli_runs import run
from tests.platform.small_home import make_small_home

PATIENCE_SECONDS = 1800  # only so that a test that hangs ends
RECONCILED_SECONDS = 120  # promised


class Command:
    """The command in a session of its own; what it says goes to `log`."""

    def __init__(self, home: Path, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [
                    *[sys.executable, "-m", "orchestration.cli", "dagster"],
                    *["--home", str(home), "--port", str(self.port)],
                ],
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._answers)
        self.group = int((home / "var" / "dagster.lock").read_text(encoding="utf-8"))

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def crash(self) -> None:
        """Kill everything that belongs to it, at once and by SIGKILL."""
        self.process.kill()
        os.killpg(self.group, signal.SIGKILL)
        self.process.wait()

    def is_alone(self) -> bool:
        """Whether nothing is left of what it started."""
        try:
            os.killpg(self.group, 0)
        except ProcessLookupError:
            return True
        return False

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/server_info", timeout=10):
                return True
        except (URLError, TimeoutError, ConnectionError):
            return False


@contextmanager
def started(home: Path, log: Path) -> Iterator[Command]:
    """The command, its webserver answering; killed at the end should it still run."""
    command = Command(home, log)
    try:
        yield command
    finally:
        # its guard ends the rest
        command.process.kill()
        command.process.wait()


def until(holds: Callable[[], bool]) -> float:
    """The seconds until it holds."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < PATIENCE_SECONDS
        time.sleep(0.2)
    return time.monotonic() - begun


def test_sigterm_ends_every_process(small_copy: Settings, tmp_path: Path) -> None:
    with started(small_copy.home, tmp_path / "log") as command:
        second = run("dagster", "--home", small_copy.home, "--port", command.port)
        assert second.returncode == 5
        assert "Dagster already runs for" in second.stderr
        command.process.send_signal(signal.SIGTERM)
        assert command.process.wait(PATIENCE_SECONDS) == 143
        until(command.is_alone)
    assert command.said().splitlines()[-1].startswith("Dagster stopped (SIGTERM);")
    assert "Traceback" not in command.said()


def test_a_port_that_is_taken_is_named(small_copy: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("dagster", "--home", small_copy.home, "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr and "--port" in done.stderr


def test_an_hour_that_no_day_has_is_named_before_anything_starts(tmp_path: Path) -> None:
    home = make_small_home(tmp_path / "home")
    with (home / "settings.toml").open("a", encoding="utf-8") as file:
        file.write("[refresh]\nhour = 25\n")
    done = run("dagster", "--home", home)
    assert done.returncode == 4
    assert "refresh.hour is 25" in done.stderr


@pytest.mark.soak  # minutes: the refresh of a home begins three times
def test_a_refresh_is_made_good_after_a_stop_and_after_a_crash(tmp_path: Path) -> None:
    settings = load_settings(make_small_home(tmp_path / "home"))

    def runs() -> list[dg.DagsterRun]:
        """The newest first."""
        with dg.DagsterInstance.from_config(str(settings.var / "dagster")) as instance:
            return list(instance.get_runs())

    def builds(number: int) -> Callable[[], bool]:
        """Whether this many runs are known and the newest is in the middle of its work."""
        file = settings.builds / "building.duckdb"
        return lambda: (
            len(runs()) == number
            and runs()[0].status == dg.DagsterRunStatus.STARTED
            and TAG in runs()[0].tags
            and file.exists()
            and file.stat().st_mtime > begun
        )

    def has_failed(identity: str) -> bool:
        return {one.run_id: one.status.value for one in runs()}[identity] == "FAILURE"

    begun = time.time()
    with started(settings.home, tmp_path / "first") as command:
        until(builds(1))
        first = runs()[0].run_id
        command.process.send_signal(signal.SIGTERM)
        assert command.process.wait(PATIENCE_SECONDS) == 143
        until(command.is_alone)
    assert read_pointer(settings) is None

    begun = time.time()
    with started(settings.home, tmp_path / "second") as command:
        print(f"after the stop, failed after {until(lambda: has_failed(first)):.0f} s")
        until(builds(2))
        second = runs()[0].run_id
        command.crash()
        until(command.is_alone)
    assert not has_failed(second)
    assert read_pointer(settings) is None

    begun = time.time()
    with started(settings.home, tmp_path / "third") as command:
        until(lambda: has_failed(second))
        with dg.DagsterInstance.from_config(str(settings.var / "dagster")) as instance:
            record = instance.get_run_record_by_id(second)
        assert record is not None and record.end_time is not None
        seconds = record.end_time - begun
        print(f"after the crash, failed after {seconds:.0f} s")
        assert seconds <= RECONCILED_SECONDS
        assert f"Run {second} was interrupted" in command.said()
        until(lambda: read_pointer(settings) is not None)
        print(f"and published after {time.time() - begun:.0f} s")
        until(lambda: runs()[0].status == dg.DagsterRunStatus.SUCCESS)
    assert [one.status.value for one in runs()] == ["SUCCESS", "FAILURE", "FAILURE"]
    until(command.is_alone)
