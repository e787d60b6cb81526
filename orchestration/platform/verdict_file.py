"""Where the reported verdicts are stored: HOME/verdicts.jsonl, because nothing can rebuild them.

Earlier versions wrote the file to HOME/var, which can be deleted; the next refresh moves it.
"""

import shutil
from pathlib import Path

from orchestration.platform.files import contents, sync_file, sync_folder
from orchestration.platform.progress import say
from orchestration.platform.settings import Settings

NAME = "verdicts.jsonl"


def verdict_file(settings: Settings) -> Path:
    """The file to read and to append to; the one in HOME/var until it is moved."""
    if settings.state is not None:  # a run that must not change the home
        return settings.state / NAME
    current, earlier = settings.home / NAME, _earlier(settings)
    return earlier if earlier.is_file() and not current.exists() else current


def move_to_home(settings: Settings) -> None:
    """Move the file out of HOME/var, once; requires the lock.

    Safe to repeat after an interruption: the file in HOME/var is only deleted when the home has
    all of it. If both have a file and they differ, the home's stays, and the other is copied next
    to it.
    """
    earlier, target = _earlier(settings), settings.home / NAME
    if settings.state is not None or not earlier.is_file():
        return
    found, present = contents(earlier) or b"", contents(target)
    if present is None and not target.exists():
        aside = target.with_name(f".{NAME}.tmp")
        shutil.copyfile(earlier, aside)  # HOME/var may be on another disk
        sync_file(aside)
        aside.replace(target)
        sync_folder(settings.home)
        say(f"Moved the reported verdicts to {target}; back it up with the rest of the home.")
    elif not (present or b"").startswith(found):
        aside = _beside(target)
        shutil.copyfile(earlier, aside)
        sync_file(aside)
        sync_folder(settings.home)
        say(f"{earlier} and {target} differ; {target} is used, and the other was copied to {aside}")
    earlier.unlink()
    sync_folder(earlier.parent)


def _earlier(settings: Settings) -> Path:
    return settings.home / "var" / NAME


def _beside(target: Path) -> Path:
    number = 1
    while (aside := target.with_name(f"{target.name}.from-var-{number}")).exists():
        number += 1
    return aside
