"""Checks landed files against their sha256."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.ledger import FileRecord
from orchestration.platform.errors import InputError
from orchestration.platform.files import sha256_of
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted

OLDER = "was landed by an earlier version of seatshift, which wrote no sha256"

# size, times and inode of a file when this process hashed it: once per refresh is enough
_hashed: dict[Path, tuple[tuple[int, int, int, int], str]] = {}


@dataclass(frozen=True)
class Damage:
    """A damaged file of a record; `found` says what is wrong with it."""

    path: Path
    found: str

    @property
    def sentence(self) -> str:
        return f"{self.path} {self.found}"


def sha256_once(path: Path, *, afresh: bool = False) -> str:
    """The file's sha256; cached until the file changes, unless `afresh`. Raises OSError."""
    status = path.stat()
    stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    known = _hashed.get(path)
    if afresh or known is None or known[0] != stamp:
        known = _hashed[path] = (stamp, sha256_of(path))
    return known[1]


def difference(path: Path, sha256: str | None, *, afresh: bool = False) -> Damage | None:
    """What is wrong with a file that should have this sha256, or None."""
    try:
        found = sha256_once(path, afresh=afresh)
    except FileNotFoundError:
        return Damage(path, "is missing")
    except OSError as error:
        return Damage(path, f"cannot be read ({error.strerror or error})")
    return None if found == sha256 else Damage(path, "is damaged (its sha256 has changed)")


def has_hashes(record: FileRecord) -> bool:
    """Whether the record has checksums of its files; records of earlier versions do not."""
    return bool(record.sha256) or not record.files


def first_damage(settings: Settings, record: FileRecord, *, afresh: bool = False) -> Damage | None:
    """The first damaged file of the record, or None."""
    folder = ledger.export_folder(settings, record.export)
    for name in record.files:
        if not has_hashes(record):
            return Damage(folder / name, OLDER)
        damage = difference(folder / name, record.sha256.get(name), afresh=afresh)
        if damage is not None:
            return damage
    return None


def require_intact(settings: Settings, records: list[FileRecord]) -> None:
    """Raise InputError for the first damaged landed file."""
    for record in records:
        damage = first_damage(settings, record)
        if damage is not None:
            raise InputError(
                f"{damage.sentence}; run `seatshift refresh` to land {record.file_name} again, if "
                "it is still in the exports."
            )


def unreadable(settings: Settings, path: Path) -> Damage | None:
    """What prevents a Parquet file from being read completely, or None."""
    if not path.is_file():
        return Damage(path, "is missing")
    try:
        with open_memory(settings) as connection:
            connection.execute(
                f"select max(hash(landed)) from read_parquet({quoted(str(path))}) as landed"
            ).fetchall()
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0].rstrip(".").replace(str(path), path.name)
        return Damage(path, f"is damaged ({reason})")
    return None
