"""Faulty files that are too large, or too odd, to be kept: made when a test needs them."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

HEADER = b"event_id,account_id,occurred_at,meter,quantity\n"
ROW = b"u1,a1,2025-01-02T10:00:00Z,calls,5\n"
MIB = 1024 * 1024


def _bomb(path: Path) -> None:
    """A gigabyte in a megabyte."""
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(HEADER)
        for _ in range(1024):
            stream.write(b"u1,a1,,,\n" * (MIB // 9))


def _long_line(path: Path) -> None:
    """A line of a gigabyte; all but its start takes no room on the disk."""
    with path.open("wb") as stream:
        stream.write(HEADER + ROW + b"x" * 3 * MIB)
        stream.truncate(1024 * MIB)


def _over_the_size(path: Path) -> None:
    """More bytes than the small limit of the test's home."""
    with path.open("wb") as stream:
        stream.write(HEADER + ROW)
        stream.truncate(4 * MIB)


def _over_the_size_unpacked(path: Path) -> None:
    """Small as it lies there, over the limit once it is unpacked."""
    with gzip.open(path, "wb") as stream:
        stream.write(HEADER)
        for _ in range(4 * MIB // 64):
            stream.write(os.urandom(32).hex().encode() + b"\n")


def _wide(path: Path) -> None:
    """A header of ten thousand columns."""
    path.write_bytes(",".join(f"c{place}" for place in range(10_000)).encode() + b"\n")


def _link_out(path: Path) -> None:
    """A link to a good file outside the exports folder."""
    secret = path.parents[2] / "secret.csv"
    secret.write_bytes(HEADER + ROW)
    path.symlink_to(secret)


def _link_inside(path: Path) -> None:
    """A link to another file of the same folder, which would count it twice."""
    (path.parent / "_kept.csv").write_bytes(HEADER + ROW)
    path.symlink_to(path.parent / "_kept.csv")


def _dangling_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere.csv")


def _pipe(path: Path) -> None:
    """A pipe that nobody writes to: reading it would never end."""
    os.mkfifo(path)


MADE: dict[str, Callable[[Path], None]] = {
    "bomb.csv.gz": _bomb,
    "long_line.csv": _long_line,
    "over_the_size.csv": _over_the_size,
    "over_the_size.csv.gz": _over_the_size_unpacked,
    "wide.csv": _wide,
    "link_out.csv": _link_out,
    "link_inside.csv": _link_inside,
    "dangling_link.csv": _dangling_link,
    "pipe.csv": _pipe,
}
