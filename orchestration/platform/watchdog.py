"""Ends a process whose refresh has stalled, and reports where it stopped.

Only complete inactivity counts: a model that computes for hours uses the processor, and one that
spills or reads uses the disk.
"""

import faulthandler
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.platform.progress import latest
from orchestration.platform.settings import Settings
from orchestration.platform.supervise import end_process

LOOK_SECONDS = 5.0
SECONDS_A_MINUTE = 60.0
# share of one processor between two checks; waiting threads use less than a tenth of it
LEAST_SHARE = 0.002
LEAST_BYTES = 64 * 1024
EXIT_STALLED = 1


@contextmanager
def watched(settings: Settings) -> Iterator[None]:
    """End the process if the block is inactive for limits.stall_minutes; 0 switches this off."""
    if not settings.stall_minutes:
        yield
        return
    seconds = SECONDS_A_MINUTE * settings.stall_minutes
    with watching(seconds, lambda: _end(settings), LOOK_SECONDS):
        yield


@contextmanager
def watching(seconds: float, stalled: Callable[[], None], look: float) -> Iterator[None]:
    """Call `stalled` from another thread after this many seconds of inactivity."""
    over = threading.Event()

    def watch() -> None:
        before, idle = _Used.now(), 0.0
        while not over.wait(look):
            now = _Used.now()
            if now.is_working_since(before):
                idle = 0.0
            else:
                # time during which the machine slept or the process was paused does not count
                idle += min(now.at - before.at, 2 * look)
            before = now
            if idle >= seconds:
                stalled()
                return

    thread = threading.Thread(target=watch, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


@dataclass(frozen=True)
class _Used:
    """What this process had used at a moment: processor seconds, bytes read and written.

    Excludes the processor time of the watching thread.
    """

    at: float
    processor: float
    moved: int

    @classmethod
    def now(cls) -> "_Used":
        return cls(time.monotonic(), time.process_time() - time.thread_time(), _bytes_moved())

    def is_working_since(self, before: "_Used") -> bool:
        used = self.processor - before.processor
        return (
            used >= LEAST_SHARE * (self.at - before.at) or self.moved - before.moved >= LEAST_BYTES
        )


def _bytes_moved() -> int:
    """Bytes read and written so far; 0 if the system does not report it (macOS)."""
    try:
        lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    counts = dict(line.split(": ") for line in lines)
    return int(counts["rchar"]) + int(counts["wchar"])


def _end(settings: Settings) -> None:
    stood = latest()
    where = f", last step “{stood}”" if stood else ""
    number = settings.stall_minutes
    minutes = "1 minute" if number == 1 else f"{number} minutes"
    end_process(
        f"Stopped after {minutes} without activity{where} (limits.stall_minutes in settings.toml; "
        f"stack traces: {_stacks(settings)})",
        EXIT_STALLED,
    )


def _stacks(settings: Settings) -> str:
    path = settings.var / "logs" / f"stalled-{datetime.now(UTC):%Y%m%d-%H%M%S}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            faulthandler.dump_traceback(file)
    except OSError as error:
        return f"not written, {error.strerror}"
    return str(path)
