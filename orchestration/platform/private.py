"""File permissions of a home: private to its owner, or to its group if the home is shared.

A home is shared if its group may write to the folder (`chmod g+rws HOME`); files written to it are
then accessible to the group. No other user of the machine may open anything that seatshift writes.
Files that people put into a home (exports, reference files, mappings, settings) keep their
permissions; `seatshift doctor` reports those that everyone can read.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orchestration.platform.home import DEFAULT_HOME

# what seatshift itself writes into a home, apart from var/
WRITTEN = ("decisions.*sqlite*", "verdicts.jsonl*", "drafts")
# what people put there
GIVEN = ("exports", "reference", "mappings", "settings.toml")
OWNER_ALONE, AND_GROUP = 0o077, 0o007


def umask_of(home: Path) -> int:
    """The permission bits that no file written to the home may have."""
    try:
        is_shared = home.stat().st_mode & stat.S_IWGRP
    except OSError:
        is_shared = 0
    return AND_GROUP if is_shared else OWNER_ALONE


def write_privately(home: Path) -> None:
    """Set the umask: files written from now on are private to the home's owner or group."""
    os.umask(umask_of(home))


def close_to_others(home: Path, state: Path) -> str | None:
    """Remove other users' access to files that earlier versions left open; None if there were none.

    `state` is the folder of derived data. Files of another user are reported, not changed.
    """
    mask = umask_of(home)
    closed, left = 0, 0
    for path, mode in _open(_written(home, state), mask):
        try:
            path.chmod(mode & ~mask)
        except OSError:
            left += 1
        else:
            closed += 1
    said = []
    if closed:
        said.append(
            f"Removed other users' access to {_files(closed)} that seatshift wrote in {home}"
        )
    if left:
        said.append(
            f"{_files(left)} in {home} can be opened by other users of this machine, but "
            f"{'belongs' if left == 1 else 'belong'} to another user: see `seatshift doctor`"
        )
    return "; ".join(said) + "." if said else None


def left_open(home: Path, state: Path) -> list[str]:
    """Up to two sentences on files that other users can open: written by seatshift, and provided.

    Empty if other users cannot reach the home.
    """
    mask = umask_of(home)
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in (home, *home.parents)):
        # a folder above is closed to others; at most the group gets this far
        return []
    found = []
    written = sum(1 for _ in _open(_written(home, state), mask))
    if written:
        found.append(
            f"{_files(written)} that seatshift wrote in {home} can be opened by other users of "
            "this machine: run `seatshift refresh` to fix those that you own, and have the owners "
            f"of others run `chmod -R {'o-rwx' if mask == AND_GROUP else 'go-rwx'}`"
        )
    # the demo company that ships with seatshift is public
    given = [
        name
        for name in GIVEN
        if home != DEFAULT_HOME and any(_open(_below(home / name), stat.S_IROTH))
    ]
    if given:
        found.append(
            f"every user of this machine can read {', '.join(given)} in {home}: "
            f"run `chmod -R o-rwx {home}`"
        )
    return found


def _written(home: Path, state: Path) -> Iterator[Path]:
    yield from _below(state)
    for pattern in WRITTEN:
        for path in home.glob(pattern):
            yield from _below(path)


def _below(path: Path) -> Iterator[Path]:
    """The file, or the folder with everything in it; links are not followed."""
    if path.is_symlink():
        return
    yield path
    if path.is_dir():
        for folder, folders, files in os.walk(path):
            yield from (Path(folder, name) for name in (*folders, *files))


def _open(paths: Iterator[Path], mask: int) -> Iterator[tuple[Path, int]]:
    """The paths with any of the permission bits, and their full mode."""
    for path in paths:
        try:
            found = path.lstat().st_mode
        except OSError:
            continue  # deleted in the meantime, or never there
        if not stat.S_ISLNK(found) and stat.S_IMODE(found) & mask:
            yield path, stat.S_IMODE(found)


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
