"""Restores an unreadable pointer or snapshot description."""

from dataclasses import asdict, replace
from pathlib import Path

from orchestration.platform.files import write_json
from orchestration.platform.progress import say
from orchestration.platform.published import (
    described,
    generations,
    is_intact,
    is_pointer_lost,
    read_pointer,
    write_pointer,
)
from orchestration.platform.settings import Settings


def restore(settings: Settings) -> None:
    """Restore a missing or damaged pointer to the latest intact generation; needs the lock.

    If no generation is intact, nothing counts as published afterwards. Unreadable files are moved
    to HOME/var/damaged, never deleted.
    """
    if is_pointer_lost(settings):
        _restore_pointer(settings)
    pointer = read_pointer(settings)
    for snapshot in sorted(settings.snapshots.glob("v*.duckdb")):
        if described(snapshot) is not None:
            continue
        description = snapshot.with_suffix(".json")
        state = "damaged" if description.exists() else "missing"
        if pointer is not None and pointer.path(settings) == snapshot:
            _set_aside(settings, description)
            write_json(description, asdict(replace(pointer, rolled_back_from=None)))
            say(f"{description} was {state}; wrote it again")
        else:
            _set_aside(settings, description, snapshot)
            say(
                f"{description} is {state}, so its snapshot cannot be checked and is no longer "
                f"available for a rollback; moved it to {settings.var / 'damaged'}"
            )


def _restore_pointer(settings: Settings) -> None:
    state = "damaged" if settings.pointer.exists() else "missing"
    latest = next(
        (entry for entry in reversed(generations(settings)) if is_intact(settings, entry)), None
    )
    _set_aside(settings, settings.pointer)
    if latest is not None:
        write_pointer(settings, latest)
        say(
            f"{settings.pointer} was {state}; published generation {latest.generation}, the latest "
            "intact one; if you had rolled back, roll back again"
        )
        return
    _set_aside(settings, *settings.snapshots.glob("v*"))
    say(f"{settings.pointer} was {state} and no generation is intact; rebuilding everything")


def _set_aside(settings: Settings, *paths: Path) -> None:
    folder = settings.var / "damaged"
    for path in paths:
        if not path.exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while (target := folder / f"{path.name}.{number}").exists():
            number += 1
        path.replace(target)
