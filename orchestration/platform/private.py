"""Who may read what a home holds: its owner alone, or its group where the home is shared with it.

A home whose folder its group may write (`chmod g+rws HOME`) is shared on purpose: what is written
into it is the group's, too. Nobody else on the machine may open anything of either kind. What
people put into a home themselves (exports, reference files, mappings, settings) stays as they set
it; `seatshift doctor` says where everybody can read it.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orchestration.platform.home import DEFAULT_HOME

# what seatshift itself writes into a home, but for its state
WRITTEN = ("decisions.*sqlite*", "drafts")
# what people put there
GIVEN = ("exports", "reference", "mappings", "settings.toml")
OWNER_ALONE, AND_GROUP = 0o077, 0o007


def umask_of(home: Path) -> int:
    """The bits that nothing written into the home has."""
    try:
        is_shared = home.stat().st_mode & stat.S_IWGRP
    except OSError:
        is_shared = 0
    return AND_GROUP if is_shared else OWNER_ALONE


def write_privately(home: Path) -> None:
    """From now on this process and those that it starts write for the home's readers alone."""
    os.umask(umask_of(home))


def close_to_others(home: Path, state: Path) -> str | None:
    """Take from others what earlier versions left open to them; None where there was nothing.

    `state` is the folder of what is derived. What belongs to another user is left and named.
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
            f"Closed {_files(closed)} that seatshift wrote in {home} to other users of this machine"
        )
    if left:
        said.append(
            f"{_files(left)} in {home} can be opened by other users of this machine and belong to "
            "somebody else: `seatshift doctor` says more"
        )
    return "; ".join(said) + "." if said else None


def left_open(home: Path, state: Path) -> list[str]:
    """One sentence for what seatshift wrote, one for what people put there, where others reach it.

    Empty where nobody else gets as far as the home.
    """
    mask = umask_of(home)
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in (home, *home.parents)):
        # no one gets here but the group, where a home is shared with it or lies in a folder of its
        return []
    found = []
    written = sum(1 for _ in _open(_written(home, state), mask))
    if written:
        found.append(
            f"{_files(written)} that seatshift wrote in {home} can be opened by other users of "
            "this machine: `seatshift refresh` closes those of yours, and their owners may run "
            f"`chmod -R {'o-rwx' if mask == AND_GROUP else 'go-rwx'}` on the rest"
        )
    # the invented company that comes with seatshift is no secret
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
    """The file, or the folder with everything in it; what a link leads to is not ours."""
    if path.is_symlink():
        return
    yield path
    if path.is_dir():
        for folder, folders, files in os.walk(path):
            yield from (Path(folder, name) for name in (*folders, *files))


def _open(paths: Iterator[Path], mask: int) -> Iterator[tuple[Path, int]]:
    """Those that have one of the bits, with all of theirs."""
    for path in paths:
        try:
            found = path.lstat().st_mode
        except OSError:
            continue  # gone meanwhile, or never there
        if not stat.S_ISLNK(found) and stat.S_IMODE(found) & mask:
            yield path, stat.S_IMODE(found)


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
