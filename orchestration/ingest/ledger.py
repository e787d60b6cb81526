"""The file ledger: one durable record per file version and export, with a backup copy.

A record is written after its rows, so its presence means that they are complete; rows without a
record are left over from a crash and never read. Record and copy have checksums: the copy is used
if the record is unreadable.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.ingest.specs import EXPORTS
from orchestration.platform.errors import InputError
from orchestration.platform.files import contents, set_aside, write_text
from orchestration.platform.progress import say
from orchestration.platform.sealed import sealed, unsealed
from orchestration.platform.settings import Settings


@dataclass(frozen=True)
class FileRecord:
    """What one file version yielded for one export, judging each row on its own.

    `landed` rows are in the Parquet files of `parts` (relative to the export's landing folder);
    `resolve` then compares them with other rows. Sums are over landed rows. `sha256` has the
    checksum of every part and of the quarantine; earlier versions wrote none.
    """

    file_id: str
    file_name: str
    export: str
    content_id: str
    size_bytes: int
    landed_at: str
    rows_read: int = 0
    landed: int = 0
    quarantined: int = 0
    skipped: int = 0
    refused_reason: str | None = None
    quantity_sum: str | None = None
    amount_sum: str | None = None
    parts: list[str] = field(default_factory=list)
    mapping: str | None = None
    sha256: dict[str, str] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        return self.refused_reason is not None

    @property
    def files(self) -> list[str]:
        """The Parquet files of the record, relative to the export's landing folder."""
        return [*self.parts, *([quarantine_name(self.file_id)] if self.quarantined else [])]

    @property
    def digest(self) -> str:
        """A hash of the content of all its files: 16 hexadecimal digits."""
        lines = [f"{name} {self.sha256.get(name)}" for name in sorted(self.files)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    @property
    def landed_time(self) -> datetime:
        return datetime.fromisoformat(self.landed_at)

    @property
    def quantity(self) -> Decimal | None:
        return None if self.quantity_sum is None else Decimal(self.quantity_sum)

    @property
    def amount(self) -> Decimal | None:
        return None if self.amount_sum is None else Decimal(self.amount_sum)


# the fields that earlier versions wrote, without a checksum
OLDER = tuple(one.name for one in fields(FileRecord) if one.name != "sha256")


@dataclass(frozen=True)
class Entry:
    """A slot of the ledger; `record` is None if neither the record nor its copy can be read."""

    path: Path
    record: FileRecord | None
    is_whole: bool
    copied: FileRecord | None

    @property
    def file_id(self) -> str:
        return self.path.stem

    @property
    def copy(self) -> Path:
        return self.path.with_suffix(".copy")

    @property
    def is_there(self) -> bool:
        return self.path.exists() or self.copy.exists()


def export_folder(settings: Settings, export: str) -> Path:
    return settings.landing / export


def quarantine_name(file_id: str) -> str:
    return f"quarantine/{file_id}.parquet"


def quarantine_path(settings: Settings, record: FileRecord) -> Path:
    """Parquet file of the rows quarantined at landing; exists only if there are any."""
    return export_folder(settings, record.export) / quarantine_name(record.file_id)


def part_paths(settings: Settings, record: FileRecord) -> list[Path]:
    return [export_folder(settings, record.export) / part for part in record.parts]


def entries(settings: Settings, export: str) -> list[Entry]:
    """Every slot of the export's ledger, by id."""
    return [_entry(path, export) for path in _places(settings, export)]


def read_records(settings: Settings, export: str) -> list[FileRecord]:
    """Records of one export, oldest first, then by name and id.

    Raises InputError if a record and its copy are both unreadable.
    """
    records: list[FileRecord] = []
    for path in _places(settings, export):
        record = _read(path, export) or _read(path.with_suffix(".copy"), export)
        if record is None:
            raise InputError(f"{path} is damaged; run `seatshift refresh` to land its file again.")
        records.append(record)
    return sorted(records, key=lambda record: (record.landed_at, record.file_name, record.file_id))


def read_all(settings: Settings) -> list[FileRecord]:
    return [record for export in EXPORTS for record in read_records(settings, export)]


def repair(settings: Settings, export: str) -> list[Entry]:
    """Repair each record from its copy and each copy from its record; return the entries.

    If neither can be read, both stay unchanged.
    """
    for entry in entries(settings, export):
        if entry.record is None or (entry.is_whole and entry.copied == entry.record):
            continue
        if not entry.is_whole:
            put_aside(entry.path, "restoring it from its copy")
        elif entry.copied is None and entry.copy.exists():
            put_aside(entry.copy, "a backup copy; writing it again")
        write_record(settings, entry.record)
    return entries(settings, export)


def put_aside(path: Path, what_now: str) -> None:
    """Copy a damaged file aside and report it; the file may then be replaced."""
    if path.exists():
        say(f"{path} is damaged ({what_now}); the damaged file is now {set_aside(path).name}")
    else:
        say(f"{path} is missing ({what_now})")


def write_record(settings: Settings, record: FileRecord) -> None:
    path = _folder(settings, record.export) / f"{record.file_id}.json"
    text = json.dumps(sealed(asdict(record)), indent=1)
    write_text(path, text)
    write_text(path.with_suffix(".copy"), text)


def replace_record(settings: Settings, record: FileRecord, before: FileRecord | None) -> None:
    """Write the record of a file that was landed again; delete files only the old record had.

    `before` is None if the old record was unreadable; it is then copied aside.
    """
    if before is None:
        path = _folder(settings, record.export) / f"{record.file_id}.json"
        for damaged in (path, path.with_suffix(".copy")):
            put_aside(damaged, "landing its file again")
    write_record(settings, record)
    for name in set(before.files if before else []) - set(record.files):
        (export_folder(settings, record.export) / name).unlink(missing_ok=True)


def drop_record(settings: Settings, record: FileRecord) -> None:
    """Remove a file version, the record first: rows without a record are never read."""
    place = _folder(settings, record.export) / f"{record.file_id}.json"
    for path in (place.with_suffix(".copy"), place):
        path.unlink(missing_ok=True)
    for path in [*part_paths(settings, record), quarantine_path(settings, record)]:
        path.unlink(missing_ok=True)


def write_present(settings: Settings, export: str, file_ids: list[str]) -> None:
    """Record which file versions are in the exports folder now."""
    text = json.dumps(sorted(file_ids))
    path = _present_path(settings, export)
    content = contents(path)
    if content == text.encode():
        return
    if path.exists() and _ids(content) is None:
        put_aside(path, "writing it again")
    write_text(path, text)


def read_present(settings: Settings, export: str) -> set[str]:
    """The file versions that were in the exports folder when it was last read.

    Raises InputError if the list is unreadable.
    """
    path = _present_path(settings, export)
    if not path.exists():
        return set()
    found = _ids(contents(path))
    if found is None:
        raise InputError(f"{path} is damaged; run `seatshift refresh` to write it again.")
    return found


def _ids(content: bytes | None) -> set[str] | None:
    try:
        value = json.loads((content or b"").decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return set(value) if is_list else None


def _places(settings: Settings, export: str) -> list[Path]:
    folder = _folder(settings, export)
    names = {path.stem for kind in ("json", "copy") for path in folder.glob(f"[!.]*.{kind}")}
    return [folder / f"{name}.json" for name in sorted(names)]


def _entry(path: Path, export: str) -> Entry:
    own, copied = _read(path, export), _read(path.with_suffix(".copy"), export)
    return Entry(path, own or copied, is_whole=own is not None, copied=copied)


def _read(path: Path, export: str) -> FileRecord | None:
    """The record in a file; None if it is damaged or belongs to another file."""
    content = contents(path)
    value = None if content is None else unsealed(content, older=OLDER)
    if value is None:
        return None
    # a later version of seatshift may have added fields
    known = {one.name: value[one.name] for one in fields(FileRecord) if one.name in value}
    if not _has_right_kinds(known):
        return None
    try:
        record = FileRecord(**known)
    except TypeError:  # a name is missing
        return None
    return record if (record.file_id, record.export) == (path.stem, export) else None


def _has_right_kinds(value: dict[str, Any]) -> bool:
    texts = ("file_id", "file_name", "export", "content_id", "landed_at")
    numbers = ("size_bytes", "rows_read", "landed", "quarantined", "skipped")
    maybe = ("refused_reason", "quantity_sum", "amount_sum", "mapping")
    parts, hashes = value.get("parts", []), value.get("sha256", {})
    try:
        datetime.fromisoformat(value.get("landed_at", ""))
    except (TypeError, ValueError):
        return False
    return (
        all(isinstance(value.get(name), str) for name in texts)
        and all(type(value.get(name, 0)) is int for name in numbers)
        and all(isinstance(value.get(name), str | None) for name in maybe)
        and isinstance(parts, list)
        and all(isinstance(part, str) for part in parts)
        and isinstance(hashes, dict)
    )


def _present_path(settings: Settings, export: str) -> Path:
    return export_folder(settings, export) / "present.json"


def _folder(settings: Settings, export: str) -> Path:
    return export_folder(settings, export) / "ledger"
