"""What a child suffers before or during its work: a full disk, limits, permissions that count."""

import ctypes
import os
import resource
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from orchestration.pipeline import build

# where a refresh calls each of its steps
CALLED = {
    "land": ("orchestration.defs.landing", "land_export"),
    "inputs": ("orchestration.defs.inputs", "start"),
    "arrival": ("orchestration.defs.inputs", "audit_arrival"),
    "models": ("orchestration.defs.models", "run_dbt"),
    "audit": ("orchestration.defs.release", "audit_built"),
    "publish": ("orchestration.defs.release", "publish"),
    "finish": ("orchestration.pipeline.publish", "finish"),
}
# a refresh begins with what an earlier one left unfinished: its own publication is the second
NTH = {"finish": 1}
FILLER = "filler"
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def suffer(home: Path, faults: dict[str, Any]) -> None:
    """Begin to suffer each fault that is named, with its argument."""
    for name, argument in faults.items():
        FAULTS[name](home, argument)


def _fill(home: Path, argument: dict[str, Any]) -> None:
    """The disk below HOME/var is full but for some bytes when a step begins (its nth call)."""
    _at(argument, lambda: fill(home / "var", int(argument["left"])))


def _file_size(home: Path, argument: dict[str, Any]) -> None:
    """From the nth call of a step on, no file can grow beyond some bytes."""
    limit = int(argument["left"])
    _at(argument, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))


def _open_files(home: Path, argument: dict[str, Any]) -> None:
    """From the nth call of a step on, so many files can be opened besides those that are."""

    def limit() -> None:
        there = max(int(name) for name in os.listdir("/proc/self/fd")) + 1  # noqa: PTH208
        number = there + int(argument["left"])
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))

    _at(argument, limit)


def _ordinary(home: Path, argument: bool) -> None:
    """Permissions of files hold for this process even where it is root's."""
    if os.geteuid() != 0:
        return

    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    class Data(ctypes.Structure):
        _fields_ = (
            ("effective", ctypes.c_uint32),
            ("permitted", ctypes.c_uint32),
            ("inheritable", ctypes.c_uint32),
        )

    libc = ctypes.CDLL(None, use_errno=True)
    header, data = Header(0x20080522, 0), (Data * 2)()
    if libc.capget(ctypes.byref(header), data) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    kept = ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)
    data[0].effective &= kept
    data[0].permitted &= kept
    if libc.capset(ctypes.byref(header), data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _no_guard(home: Path, argument: bool) -> None:
    """The check of free space lets everybody pass: the disk fills up after it."""
    vars(build)["need_disk"] = lambda settings: None


def _environment(home: Path, argument: dict[str, str]) -> None:
    os.environ.update(argument)


FAULTS: dict[str, Callable[[Path, Any], None]] = {
    "fill": _fill,
    "file_size": _file_size,
    "open_files": _open_files,
    "ordinary": _ordinary,
    "no_guard": _no_guard,
    "environment": _environment,
}


def fill(folder: Path, left: int) -> None:
    """Fill the folder's disk until so many bytes are left."""
    with (folder / FILLER).open("wb") as file:
        free = os.statvfs(folder)
        wanted = free.f_bavail * free.f_frsize - left
        if wanted > 0:
            os.posix_fallocate(file.fileno(), 0, wanted)


def _at(argument: dict[str, Any], fault: Callable[[], None]) -> None:
    module, name = CALLED[argument["step"]]
    place = import_module(module)
    really = getattr(place, name)
    calls = iter(range(1_000_000))

    def step(*args: Any, **named: Any) -> Any:
        if next(calls) == int(argument.get("nth", NTH.get(argument["step"], 0))):
            fault()
        return really(*args, **named)

    setattr(place, name, step)
