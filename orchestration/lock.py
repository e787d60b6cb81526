"""One refresh at a time and home: an operating-system lock that dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import RefreshBusy
from orchestration.settings import Settings

# homes that this very process holds: the command line takes the lock before Dagster does
_held: set[Path] = set()


@contextmanager
def refresh_lock(settings: Settings) -> Iterator[None]:
    """Hold HOME/var/refresh.lock, or raise RefreshBusy at once; re-entrant within a process."""
    path = settings.var / "refresh.lock"
    if path in _held:
        yield
        return
    settings.var.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise RefreshBusy(
                f"Another refresh of {settings.home} is running (process {holder}): "
                "wait for it to end, then try again."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
