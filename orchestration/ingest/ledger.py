"""The file ledger: one durable record per file version and export.

A record is written after the rows it speaks of, so its presence means that they are all
there; rows without a record are leavings of a crash, and nothing reads them.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from orchestration.files import write_text
from orchestration.ingest.specs import EXPORTS
from orchestration.settings import Settings


@dataclass(frozen=True)
class FileRecord:
    """What one file version yielded for one export, by what each row shows by itself.

    `landed` rows are in the Parquet files of `parts` (relative to the export's landing
    folder); what other rows make of them is settled by `resolve`. Sums are over landed rows.
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

    @property
    def is_refused(self) -> bool:
        return self.refused_reason is not None

    @property
    def landed_time(self) -> datetime:
        return datetime.fromisoformat(self.landed_at)

    @property
    def quantity(self) -> Decimal | None:
        return None if self.quantity_sum is None else Decimal(self.quantity_sum)

    @property
    def amount(self) -> Decimal | None:
        return None if self.amount_sum is None else Decimal(self.amount_sum)


def export_folder(settings: Settings, export: str) -> Path:
    return settings.landing / export


def quarantine_path(settings: Settings, record: FileRecord) -> Path:
    """Parquet of the rows held back at landing; there only where any were."""
    return export_folder(settings, record.export) / "quarantine" / f"{record.file_id}.parquet"


def part_paths(settings: Settings, record: FileRecord) -> list[Path]:
    return [export_folder(settings, record.export) / part for part in record.parts]


def read_records(settings: Settings, export: str) -> list[FileRecord]:
    """Records of one export, oldest first; name and id settle what landed together."""
    folder = _folder(settings, export)
    if not folder.is_dir():
        return []
    records = [
        FileRecord(**json.loads(path.read_text(encoding="utf-8")))
        for path in folder.glob("[!.]*.json")
    ]
    return sorted(records, key=lambda record: (record.landed_at, record.file_name, record.file_id))


def read_all(settings: Settings) -> list[FileRecord]:
    return [record for export in EXPORTS for record in read_records(settings, export)]


def write_record(settings: Settings, record: FileRecord) -> None:
    path = _folder(settings, record.export) / f"{record.file_id}.json"
    write_text(path, json.dumps(asdict(record), indent=1))


def drop_record(settings: Settings, record: FileRecord) -> None:
    """Forget a file version: the record first, so that no reader meets half of it."""
    (_folder(settings, record.export) / f"{record.file_id}.json").unlink(missing_ok=True)
    for path in [*part_paths(settings, record), quarantine_path(settings, record)]:
        path.unlink(missing_ok=True)


def write_present(settings: Settings, export: str, file_ids: list[str]) -> None:
    """Note which file versions the exports folder holds now."""
    text = json.dumps(sorted(file_ids))
    path = _present_path(settings, export)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def read_present(settings: Settings, export: str) -> set[str]:
    """File versions that the exports folder held when it was last looked at."""
    path = _present_path(settings, export)
    return set(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else set()


def _present_path(settings: Settings, export: str) -> Path:
    return export_folder(settings, export) / "present.json"


def _folder(settings: Settings, export: str) -> Path:
    return export_folder(settings, export) / "ledger"
