"""Long-running programs under one supervisor: they start together, and none is left running."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from orchestration.platform.errors import SeatshiftError
from orchestration.runs import guard

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOOK_SECONDS = 0.2
# after that, remaining processes are killed; a second signal kills at once
GRACE_SECONDS = 15.0


class Stops:
    """The signals that asked this process to stop, in the order in which they came."""

    def __init__(self) -> None:
        self.received: list[signal.Signals] = []

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.received.append(signal.Signals(number))


@contextmanager
def listening_for_stops() -> Iterator[Stops]:
    """Record SIGTERM, SIGINT and SIGHUP instead of being ended by them."""
    stops = Stops()
    before = {number: signal.getsignal(number) for number in STOPPING}
    for number, handler in before.items():
        # nohup makes its programs ignore SIGHUP, a shell its background programs SIGINT: we keep
        # ignoring it, but not with SIG_IGN, which our programs would inherit and Dagster's code
        # server would apply to SIGTERM
        signal.signal(number, _ignore if handler is signal.SIG_IGN else stops)
    try:
        yield stops
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Services:
    """Programs in one process group, which includes the processes they start."""

    def __init__(
        self, stops: Stops, *, environment: Mapping[str, str], folder: Path, shares: Sequence[int]
    ) -> None:
        """They work in `folder` and inherit the open files `shares`, whose locks show they run."""
        self._stops = stops
        self._environment = dict(environment)
        self._folder = folder
        self._shares = tuple(shares)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        # for sockets, whose paths must be short: a home's path may be long
        self.scratch = Path(tempfile.mkdtemp(prefix="seatshift-dagster-"))
        self._guard = subprocess.Popen(
            [sys.executable, "-I", guard.__file__, str(self.scratch)],
            stdin=subprocess.PIPE,
            process_group=0,
        )

    @property
    def group(self) -> int:
        """The process group of all started programs."""
        return self._guard.pid

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a program; its output goes where this process's goes."""
        self._running[name] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            process_group=self.group,
            cwd=self._folder,
            env=self._environment,
            pass_fds=self._shares,
        )

    def wait(self, until: Path | None = None) -> None:
        """Wait for a signal that stops, or until the path exists.

        Raises SeatshiftError as soon as one of the programs ends on its own.
        """
        while not self._stops.received and not (until and until.exists()):
            for name, process in [*self._running.items(), ("guard", self._guard)]:
                if process.poll() is not None and not self._stops.received:
                    raise SeatshiftError(
                        f"The {name} ended on its own ({_ending(process.returncode)}), so all of "
                        "Dagster was stopped; the published generation is unchanged. Its output "
                        "is above: start again with `seatshift dagster`."
                    )
            time.sleep(LOOK_SECONDS)

    def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Ask everything to end; kill what is left after the grace or at a second signal.

        The first program started ends last, because the others use it.
        """
        first, others = [*self._running.values()][:1], [*self._running.values()][1:]
        begun = time.monotonic()
        if grace_seconds:
            for process in others:
                process.terminate()
            self._wait_for(others, begun + grace_seconds / 3)
            _signal_group(self.group, signal.SIGTERM)
            self._wait_for(first + others, begun + grace_seconds)
        shutil.rmtree(self.scratch, ignore_errors=True)
        # including the guard, before waiting for it: until then its process id cannot be reused
        _signal_group(self.group, signal.SIGKILL)
        for process in [*first, *others, self._guard]:
            process.wait()

    def _wait_for(self, processes: list[subprocess.Popen[bytes]], deadline: float) -> None:
        while (
            any(process.poll() is None for process in processes)
            and time.monotonic() < deadline
            and len(self._stops.received) < 2
        ):
            time.sleep(LOOK_SECONDS)


def _ignore(number: int, frame: FrameType | None) -> None:
    return


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # no process is left; macOS raises the second error
        return


def _ending(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
