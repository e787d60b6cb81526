"""Atomic file writes: write to a temporary file, sync it, then rename it into place."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from orchestration.platform.errors import SeatshiftError


def sync_folder(folder: Path) -> None:
    """Make renames in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the file's content survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Replace the file's content atomically: readers see the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.tmp")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace the file's content with the value as JSON, atomically."""
    write_text(path, json.dumps(value, indent=2) + "\n")


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in the file; None if it is missing, a folder, or contains no JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def move(source: Path, target: Path) -> None:
    """Sync a finished file, then rename it into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_file(source)
    source.replace(target)
    sync_folder(target.parent)


def replace_by_copy(source: Path, target: Path) -> None:
    """Replace the target with a copy of a closed file, atomically."""
    aside = target.with_name(f".{target.name}.tmp")
    aside.unlink(missing_ok=True)
    shutil.copyfile(source, aside)
    sync_file(aside)
    aside.replace(target)
    sync_folder(target.parent)


def sha256_of(path: Path) -> str:
    """The content's sha256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def contents(path: Path) -> bytes | None:
    """The file's bytes, or None if there is no such file; SeatshiftError if it is unreadable."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as error:
        raise SeatshiftError(
            f"{path} cannot be read ({error.strerror or error}); fix its permissions, or restore "
            "it from a backup."
        ) from None


def set_aside(path: Path) -> Path:
    """Copy a damaged file to `<name>.damaged-<n>` and return that path; a folder is renamed.

    The original stays until it is replaced: if the process is interrupted in between, the damage
    is found again.
    """
    number = 1
    while os.path.lexists(aside := path.with_name(f"{path.name}.damaged-{number}")):
        number += 1
    if path.is_dir():
        path.rename(aside)
    else:
        shutil.copyfile(path, aside)
        sync_file(aside)
    sync_folder(path.parent)
    return aside
