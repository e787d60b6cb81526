"""Which process it was: a number alone is given to another process sooner or later."""

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
ENDED_STATES = ("Z", "X")  # ended, though its parent has not asked for its exit code yet


@dataclass(frozen=True)
class Process:
    """One process of one machine since one boot, recognised even when its number is reused."""

    place: str
    pid: int
    started: str


def process_of(pid: int) -> Process:
    """The process that has this number now; `started` is empty where there is none."""
    return Process(place=_place(), pid=pid, started=_started(pid) or "")


def is_running(process: Process) -> bool | None:
    """Whether it still runs; None where that cannot be seen from here.

    Only processes of this machine since its last boot, in the same container, can be seen.
    """
    if process.place != _place() or not process.started:
        return None
    return _started(process.pid) == process.started


def _place() -> str:
    """Machine, boot and container; numbers of processes mean something only within one place."""
    return f"{socket.gethostname()} {_boot()} {_container()}"


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        # macOS
        return _output("sysctl", "-n", "kern.bootsessionuuid")


def _container() -> str:
    try:
        return str((PROC / "self/ns/pid").readlink())
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """When the process started, in the system's own words; None where no such process runs."""
    if (PROC / "self/stat").exists():
        try:
            status = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        # the second field, the program's name in brackets, may hold blanks and brackets
        fields = status.rpartition(")")[2].split()
        return None if fields[0] in ENDED_STATES else fields[19]
    state, _, started = _output("ps", "-o", "state=,lstart=", "-p", str(pid)).partition(" ")
    return started.strip() or None if state[:1] not in ENDED_STATES else None


def _output(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return done.stdout.strip()
