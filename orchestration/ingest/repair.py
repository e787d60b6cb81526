"""Handles damaged landed files and ledger records.

They are landed again from the exports. If the file is no longer there, rows landed by an earlier
version, which wrote no sha256, are accepted unchecked; anything else stops the refresh.
"""

import glob
from dataclasses import dataclass, replace

from orchestration.ingest import ledger
from orchestration.ingest.intact import (
    Damage,
    first_damage,
    has_hashes,
    sha256_once,
    unreadable,
)
from orchestration.ingest.landing import control_sums, row_count
from orchestration.ingest.ledger import Entry, FileRecord
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.errors import InputError
from orchestration.platform.progress import say
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory


@dataclass(frozen=True)
class Fault:
    """A ledger entry whose file must be landed again; `damage` says why."""

    entry: Entry
    damage: Damage

    @property
    def file_id(self) -> str:
        return self.entry.file_id


def find_faults(settings: Settings, export: str, entries: list[Entry]) -> dict[str, Fault]:
    """The faults of one export by file id; reads every landed file."""
    found: dict[str, Fault] = {}
    for entry in entries:
        damage: Damage | None = Damage(entry.path, "is damaged (not a complete ledger record)")
        if entry.record is not None:
            damage = first_damage(settings, entry.record, afresh=True)
        if damage is not None:
            found[entry.file_id] = Fault(entry, damage)
    return found


def settle_faults(settings: Settings, export: str, faults: list[Fault]) -> None:
    """Settle faults whose files are no longer in the exports; InputError for the first lost one.

    Nothing is deleted: lost files stay in place until somebody restores or removes them.
    """
    lost: list[Fault] = []
    adopted: list[FileRecord] = []
    for fault in faults:
        record = fault.entry.record
        if is_loss(settings, export, fault):
            lost.append(fault)
        elif record is None:
            for path in (fault.entry.path, fault.entry.copy):
                if path.exists():
                    ledger.put_aside(path, "it has no landed rows")
                path.unlink(missing_ok=True)
        elif (damage := _adopt(settings, record)) is not None:
            lost.append(replace(fault, damage=damage))
        else:
            adopted.append(record)
    if adopted:
        more = len(adopted) - 1
        others = f" and {more} more {'file' if more == 1 else 'files'}" if more else ""
        say(
            f"{export}: the rows of {adopted[0].file_name}{others} are no longer in the exports "
            "and were landed by an earlier version without a sha256; they are accepted unchecked, "
            "and checked from now on"
        )
    if lost:
        more = len(lost) - 1
        others = f" (The same applies to {more} more of {export}.)" if more else ""
        raise InputError(f"{lost_sentence(settings, lost[0])}{others}")


def is_loss(settings: Settings, export: str, fault: Fault) -> bool:
    """Whether the fault loses rows if no file in the exports provides them again."""
    record = fault.entry.record
    return _has_rows(settings, export, fault.file_id) if record is None else has_hashes(record)


def lost_sentence(settings: Settings, fault: Fault) -> str:
    """What is damaged, which export file would repair it, and how to continue without it."""
    record = fault.entry.record
    give_up = f"delete {fault.entry.path.with_suffix('.*')}"
    if record is None:
        return (
            f"{fault.damage.sentence}, and its file is no longer in {settings.exports}; restore it "
            "from a backup, or put back the export file, and refresh again; to continue without "
            f"the rows of that file, {give_up}."
        )
    rows = record.landed + record.quarantined
    shown = "1 row" if rows == 1 else f"{rows:,} rows"
    return (
        f"{fault.damage.sentence}, and no file in {settings.exports} contains its rows; put back "
        f"{record.file_name} as it was landed ({record.size_bytes:,} bytes; the sha256 of its "
        f"content starts with {record.content_id}), or restore the damaged file from a backup, and "
        f"refresh again; to continue without its {shown}, {give_up}."
    )


def _has_rows(settings: Settings, export: str, file_id: str) -> bool:
    folder = ledger.export_folder(settings, export)
    parts = folder.glob(f"month=*/{glob.escape(file_id)}*.parquet")
    return any(parts) or (folder / ledger.quarantine_name(file_id)).exists()


def _adopt(settings: Settings, record: FileRecord) -> Damage | None:
    """Record the sha256 of the files as they are, if they match the counts of their record."""
    folder = ledger.export_folder(settings, record.export)
    hashes: dict[str, str] = {}
    for name in record.files:
        damage = unreadable(settings, folder / name)
        if damage is not None:
            return damage
        hashes[name] = sha256_once(folder / name)
    spec = EXPORTS[record.export]
    held = [folder / name for name in record.files if name not in record.parts]
    with open_memory(settings) as connection:
        landed, sums = control_sums(connection, spec, ledger.part_paths(settings, record))
        found = (landed, sums.get("quantity"), sums.get("amount"), row_count(connection, held))
    if found != (record.landed, record.quantity_sum, record.amount_sum, record.quarantined):
        return Damage(folder / record.files[0], "does not contain the rows that its record counts")
    ledger.write_record(settings, replace(record, sha256=hashes))
    return None
