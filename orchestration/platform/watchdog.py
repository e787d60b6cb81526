"""Ends a process whose refresh no longer does anything, and says where it stood.

Only doing nothing at all counts: a model that computes for hours uses the processor, and one that
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
# of one processor, between two looks: waiting threads use less than a tenth of it
LEAST_SHARE = 0.002
LEAST_BYTES = 64 * 1024
EXIT_STALLED = 1


@contextmanager
def watched(settings: Settings) -> Iterator[None]:
    """End the process if the block does nothing for limits.stall_minutes; at 0 it never is."""
    if not settings.stall_minutes:
        yield
        return
    seconds = SECONDS_A_MINUTE * settings.stall_minutes
    with watching(seconds, lambda: _end(settings), LOOK_SECONDS):
        yield


@contextmanager
def watching(seconds: float, stalled: Callable[[], None], look: float) -> Iterator[None]:
    """Call `stalled`, from another thread, once nothing has happened for the seconds."""
    over = threading.Event()

    def watch() -> None:
        before, idle = _Used.now(), 0.0
        while not over.wait(look):
            now = _Used.now()
            if now.is_working_since(before):
                idle = 0.0
            else:
                # a machine that slept, or a process that was paused, did not stall meanwhile
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
    """What this process had used of the machine at a moment: processor seconds, bytes moved.

    Without the seconds of the thread that asks, which only watches.
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
    """Bytes read and written so far; 0 where the system does not say (macOS)."""
    try:
        lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    counts = dict(line.split(": ") for line in lines)
    return int(counts["rchar"]) + int(counts["wchar"])


def _end(settings: Settings) -> None:
    stood = latest()
    where = f" after “{stood}”" if stood else ""
    end_process(
        f"Ended, because nothing has happened for {settings.stall_minutes} minutes{where} "
        f"(limits.stall_minutes in settings.toml; what each thread did: {_stacks(settings)})",
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
