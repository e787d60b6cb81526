"""One refresh at a time per home: an operating-system lock that ends with its process."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from orchestration.platform.errors import RefreshBusy
from orchestration.platform.settings import Settings

# locks that this process already holds: the command line takes the lock before Dagster does
_held: set[Path] = set()
# a process that only checks the lock holds it for a moment
ATTEMPTS, PAUSE_SECONDS = 5, 0.02


@contextmanager
def refresh_lock(settings: Settings) -> Iterator[None]:
    """Hold HOME/var/refresh.lock, or raise RefreshBusy at once; re-entrant within a process."""
    path = settings.var / "refresh.lock"
    if path in _held:
        yield
        return
    settings.var.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _taken(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise RefreshBusy(
                f"Another refresh of {settings.home} is running (process {holder}); "
                "wait for it to end, then try again."
            )
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)


def running_since(settings: Settings) -> datetime | None:
    """When the running refresh took the lock, or None if none is running; never waits."""
    try:
        with (settings.var / "refresh.lock").open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                # the holder wrote its process id when it took the lock
                return datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except OSError:
        return None
    return None


def _taken(file: IO[str]) -> bool:
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False
