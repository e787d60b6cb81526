"""Identifies a process reliably: the system reuses process ids."""

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
ENDED_STATES = ("Z", "X")  # ended, but its parent has not collected the exit code


@dataclass(frozen=True)
class Process:
    """A process of one machine since one boot, recognised even if its id is reused."""

    place: str
    pid: int
    started: str


def process_of(pid: int) -> Process:
    """The process that has this id now; `started` is empty if there is none."""
    return Process(place=_place(), pid=pid, started=_started(pid) or "")


def is_running(process: Process) -> bool | None:
    """Whether it is still running; None if that cannot be determined.

    Only processes of this machine since its last boot, in the same container, are visible.
    """
    if process.place != _place() or not process.started:
        return None
    return _started(process.pid) == process.started


def _place() -> str:
    """Machine, boot and container, within which process ids are meaningful."""
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
    """When the process started, in the system's own format; None if no such process is running."""
    if (PROC / "self/stat").exists():
        try:
            status = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        # the second field, the program's name in brackets, may contain blanks and brackets
        fields = status.rpartition(")")[2].split()
        return None if fields[0] in ENDED_STATES else fields[19]
    state, _, started = _output("ps", "-o", "state=,lstart=", "-p", str(pid)).partition(" ")
    return started.strip() or None if state[:1] not in ENDED_STATES else None


def _output(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return done.stdout.strip()
