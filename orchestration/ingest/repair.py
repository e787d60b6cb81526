"""What to do about landed files and ledger records that are not as they were written.

They are landed again from the exports. Where these hold the file no more, rows of an earlier
version, which wrote no sha256, are taken as they stand; anything else stops the refresh.
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
    """A place of the ledger that needs its file landed again; `damage` says why."""

    entry: Entry
    damage: Damage

    @property
    def file_id(self) -> str:
        return self.entry.file_id


def find_faults(settings: Settings, export: str, entries: list[Entry]) -> dict[str, Fault]:
    """The faults of one export by file id; every landed file is read for it."""
    found: dict[str, Fault] = {}
    for entry in entries:
        damage: Damage | None = Damage(entry.path, "is damaged (it is no whole ledger record)")
        if entry.record is not None:
            damage = first_damage(settings, entry.record, afresh=True)
        if damage is not None:
            found[entry.file_id] = Fault(entry, damage)
    return found


def settle_faults(settings: Settings, export: str, faults: list[Fault]) -> None:
    """Settle the faults whose files the exports did not give again; InputError for the first lost.

    Nothing is taken away: what is lost stays where it is until somebody restores or gives it up.
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
                    ledger.put_aside(path, "no landed rows belong to it")
                path.unlink(missing_ok=True)
        elif (damage := _adopt(settings, record)) is not None:
            lost.append(replace(fault, damage=damage))
        else:
            adopted.append(record)
    if adopted:
        say(
            f"{export}: the rows of {adopted[0].file_name}"
            f"{f' and {len(adopted) - 1} more files' if adopted[1:] else ''}, which the exports do "
            "not give again, were landed by an earlier version without a sha256: they are taken as "
            "they stand, and checked from now on"
        )
    if lost:
        more = f" ({len(lost) - 1} more of {export} like this.)" if len(lost) > 1 else ""
        raise InputError(f"{lost_sentence(settings, lost[0])}{more}")


def is_loss(settings: Settings, export: str, fault: Fault) -> bool:
    """Whether rows are lost by the fault if no file of the exports gives them again."""
    record = fault.entry.record
    return _has_rows(settings, export, fault.file_id) if record is None else has_hashes(record)


def lost_sentence(settings: Settings, fault: Fault) -> str:
    """What is damaged, which export file would mend it, and how to go on without it."""
    record = fault.entry.record
    give_up = f"delete {fault.entry.path.with_suffix('.*')}"
    if record is None:
        return (
            f"{fault.damage.sentence}, and no file in {settings.exports} is the one it speaks of: "
            "restore it from a backup, or put back the export file, and refresh again; to go on "
            f"without the rows of that file, {give_up}."
        )
    rows = record.landed + record.quarantined
    return (
        f"{fault.damage.sentence}, and no file in {settings.exports} gives its rows again: put "
        f"back {record.file_name} ({record.size_bytes:,} bytes; its content's sha256 begins with "
        f"{record.content_id}) as it was landed, or restore the damaged file from a backup, and "
        f"refresh again; to go on without its {rows:,} rows, {give_up}."
    )


def _has_rows(settings: Settings, export: str, file_id: str) -> bool:
    folder = ledger.export_folder(settings, export)
    parts = folder.glob(f"month=*/{glob.escape(file_id)}*.parquet")
    return any(parts) or (folder / ledger.quarantine_name(file_id)).exists()


def _adopt(settings: Settings, record: FileRecord) -> Damage | None:
    """Write down the sha256 of files as they stand, where they hold what their record counted."""
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
        return Damage(folder / record.files[0], "does not hold the rows that its record counts")
    ledger.write_record(settings, replace(record, sha256=hashes))
    return None
