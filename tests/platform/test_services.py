"""Programs under a supervisor end with it, whatever they started and however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.platform.errors import SeatshiftError
from orchestration.platform.processes import Process, is_running, process_of
from orchestration.runs.services import Services, Stops, listening_for_stops

# starts a program of its own that hears no SIGTERM, as a worker deep in a query, and tells both
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
SUPERVISOR = """
import os, sys
from pathlib import Path
from orchestration.runs.services import Services, listening_for_stops
with listening_for_stops() as stops:
    services = Services(stops, environment=os.environ, folder=Path("."), shares=[])
    try:
        print(services.group, flush=True)
        services.start("stubborn one", [sys.executable, "-c", sys.argv[1]])
        services.wait()
    finally:
        services.stop(float(sys.argv[2]))
sys.exit(128 + stops.received[0])
"""
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Supervised:
    """A supervisor in its own process, its guard, its program and what that one started."""

    supervisor: subprocess.Popen[str]
    guard: Process
    programs: tuple[Process, Process]

    def left(self) -> list[Process]:
        """What still runs below the supervisor after a while."""
        end = time.monotonic() + PATIENCE_SECONDS
        left = [self.guard, *self.programs]
        while left and time.monotonic() < end:
            time.sleep(0.05)
            left = [one for one in left if is_running(one)]
        return left


@pytest.fixture
def supervised(request: pytest.FixtureRequest) -> Iterator[Supervised]:
    """The fixture's parameter is the grace in seconds."""
    grace = getattr(request, "param", "1")
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, STUBBORN, grace], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        group = int(process.stdout.readline())
        one, child = (process_of(int(pid)) for pid in process.stdout.readline().split())
        found = Supervised(process, process_of(group), (one, child))
        assert is_running(found.guard) and is_running(one) and is_running(child)
        yield found
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_and_becomes_the_exit_code(
    supervised: Supervised, number: signal.Signals
) -> None:
    supervised.supervisor.send_signal(number)
    assert supervised.supervisor.wait(PATIENCE_SECONDS) == 128 + number
    assert supervised.left() == []


@pytest.mark.parametrize("supervised", ["3600"], indirect=True)
def test_a_second_signal_ends_the_wait(supervised: Supervised) -> None:
    supervised.supervisor.send_signal(signal.SIGTERM)
    supervised.supervisor.send_signal(signal.SIGINT)
    supervised.supervisor.wait(PATIENCE_SECONDS)
    assert supervised.left() == []


def test_a_supervisor_that_is_killed_leaves_nothing(supervised: Supervised) -> None:
    supervised.supervisor.kill()
    assert supervised.left() == []


def test_a_guard_that_is_killed_ends_the_rest(supervised: Supervised) -> None:
    os.kill(supervised.guard.pid, signal.SIGKILL)
    assert supervised.supervisor.wait(PATIENCE_SECONDS) == 1
    assert supervised.left() == []


@contextmanager
def running(folder: Path, *programs: str) -> Iterator[Services]:
    services = Services(Stops(), environment=os.environ, folder=folder, shares=[])
    try:
        for place, program in enumerate(programs):
            services.start(f"program {place}", [sys.executable, "-c", program])
        yield services
    finally:
        services.stop(5.0)


def test_a_program_that_ends_on_its_own_is_named_and_ends_the_others(tmp_path: Path) -> None:
    with (
        running(tmp_path, "import time; time.sleep(600)", "raise SystemExit(3)") as services,
        pytest.raises(SeatshiftError, match=r"program 1 ended on its own \(exit code 3\)"),
    ):
        services.wait()
    with pytest.raises(ProcessLookupError):
        os.killpg(services.group, 0)
    assert not services.scratch.exists()


def test_what_was_started_first_ends_last(tmp_path: Path) -> None:
    ends = (
        "import pathlib, signal, sys, time\n"
        "def end(*_): pathlib.Path('ended').open('a').write('{0}\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); pathlib.Path('{0}').touch(); time.sleep(600)"
    )
    with running(tmp_path, *(ends.format(name) for name in ("first", "second"))) as services:
        for name in ("first", "second"):
            services.wait(until=tmp_path / name)
    assert (tmp_path / "ended").read_text(encoding="utf-8").split() == ["second", "first"]


def test_a_signal_that_was_ignored_stays_so_but_not_for_the_programs(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with listening_for_stops() as stops:
            os.kill(os.getpid(), signal.SIGINT)
            assert stops.received == []
            tell = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
            done = subprocess.run([sys.executable, "-c", tell], capture_output=True, check=True)
        assert done.stdout == b"False\n"
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
