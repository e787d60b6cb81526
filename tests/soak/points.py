"""Exact moments to die at: before the n-th change that a process makes below its home.

Python announces each call that changes a file to audit hooks, fsync excepted. What DuckDB writes
on its own is not announced: deaths at random times cover that.
"""

import fcntl
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.link"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
# dbt's own scratch and the pages of Great Expectations: hundreds of files that no state depends on
PASSED_OVER = ("var/dbt/", "var/gx/")


class Points:
    """Counts the changes below a folder and kills this very process at one of them."""

    def __init__(self, home: Path, die_at: int | None) -> None:
        self.seen: list[str] = []
        self._home = f"{home}/"
        self._die_at = die_at

    def watch(self) -> None:
        """Begin to count; a process cannot stop again, so this is for a child that soon ends."""
        sys.addaudithook(self._announced)
        really = os.fsync

        def fsync(fd: Any) -> None:
            number = fd if isinstance(fd, int) else fd.fileno()
            self._at("fsync", str(Path(f"/proc/self/fd/{number}").readlink()))
            really(fd)

        os.fsync = fsync

    def _announced(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & WRITING:
                self._at("open", path)
        elif event in CHANGES:
            self._at(event, args[0])
        elif event == "fcntl.flock" and args[1] & fcntl.LOCK_EX:
            self._at("flock", str(Path(f"/proc/self/fd/{args[0]}").readlink()))

    def _at(self, event: str, path: Any) -> None:
        text = os.fsdecode(path) if isinstance(path, bytes | str | os.PathLike) else ""
        if not text.startswith(self._home):
            return
        name = text.removeprefix(self._home)
        if name.startswith(PASSED_OVER):
            return
        self.seen.append(f"{event} {_plain(name)}")
        if len(self.seen) - 1 == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def _plain(name: str) -> str:
    """The name without what differs from run to run."""
    return re.sub(r"[0-9a-f]{16}", "*", re.sub(r"landing-\w{8}", "landing-*", name))
