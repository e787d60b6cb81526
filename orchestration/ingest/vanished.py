"""Rows that are no longer in the exports folder: they stay loaded and are reported."""

from dataclasses import dataclass

from orchestration.ingest import ledger
from orchestration.ingest.fates import row_key, scan
from orchestration.ingest.intact import first_damage, has_hashes, unreadable
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.specs import EXPORTS, ExportSpec
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory


@dataclass(frozen=True)
class Vanished:
    """Rows of an earlier file that no file of the export has now; `is_file`: the file is gone."""

    export: str
    file_name: str
    rows: int
    is_file: bool

    @property
    def sentence(self) -> str:
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        if self.is_file:
            return (
                f"{self.file_name} is no longer in the exports; {rows} that no other file of "
                f"{self.export} contains {'stays' if self.rows == 1 else 'stay'} loaded."
            )
        stay = "is no longer in it but stays" if self.rows == 1 else "are no longer in it but stay"
        return f"{rows} of an earlier {self.file_name} {stay} loaded."


def vanished(landed: Settings, now: Settings | None = None) -> list[Vanished]:
    """Rows landed before that are in no file now; `now` is the state with the latest landing.

    Damaged landed files are left out.
    """
    found: list[Vanished] = []
    for spec in EXPORTS.values():
        found += _of_export(landed, now or landed, spec)
    return found


def _of_export(landed: Settings, now: Settings, spec: ExportSpec) -> list[Vanished]:
    present = ledger.read_present(now, spec.name)
    current = [
        record for record in ledger.read_records(now, spec.name) if record.file_id in present
    ]
    # a file that is rejected now may still contain its rows
    unread = {record.file_name for record in current if record.is_refused}
    before = [entry.record for entry in ledger.entries(landed, spec.name) if entry.record]
    gone = [
        record
        for record in before
        if record.file_id not in present
        and record.landed
        and record.file_name not in unread
        and not _is_damaged(landed, record)
    ]
    if not gone:
        return []
    names = {record.file_name for record in current}
    rows = _rows(landed, now, spec, gone, current)
    return [
        Vanished(spec.name, name, count, name not in names) for name, count in rows.items() if count
    ]


def _is_damaged(landed: Settings, record: FileRecord) -> bool:
    if has_hashes(record):
        return first_damage(landed, record) is not None
    return any(unreadable(landed, path) for path in ledger.part_paths(landed, record))


def _rows(
    landed: Settings,
    now: Settings,
    spec: ExportSpec,
    gone: list[FileRecord],
    current: list[FileRecord],
) -> dict[str, int]:
    """The number of keys per file name that only its earlier versions have."""
    kept = [path for record in current for path in ledger.part_paths(now, record)]
    having = (
        f"anti join (select {row_key(spec, 'there')} as row_key from {scan(spec, kept)} as there) "
        "as there using (row_key)"
        if kept
        else ""
    )
    counts: dict[str, int] = {}
    key = row_key(spec, "earlier")
    with open_memory(now) as connection:
        for name in sorted({record.file_name for record in gone}):
            parts = [
                path
                for record in gone
                if record.file_name == name
                for path in ledger.part_paths(landed, record)
            ]
            row = connection.execute(
                f"""
                select count(distinct row_key)
                from (select {key} as row_key from {scan(spec, parts)} as earlier)
                {having}
                """
            ).fetchone()
            counts[name] = int(row[0]) if row else 0
    return counts
