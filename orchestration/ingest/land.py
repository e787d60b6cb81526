"""Exports become typed Parquet by month, a quarantine and a ledger; the same file only once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orchestration.ingest import ledger
from orchestration.ingest.currencies import load_currencies
from orchestration.ingest.files import export_files
from orchestration.ingest.landing import Landing, Unit, scratch_folder
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.mapping import load_targets, source_files
from orchestration.ingest.repair import find_faults, settle_faults
from orchestration.ingest.resolve import ResolveReport, first_landed, resolve
from orchestration.ingest.specs import EXPORTS, ExportSpec
from orchestration.platform.errors import InputError
from orchestration.platform.progress import say
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory

# a clock that steps back by less is put right without a word
CLOCK_BEHIND = timedelta(days=1)

__all__ = ["ExportReport", "ResolveReport", "land_export", "resolve"]


@dataclass(frozen=True)
class ExportReport:
    """What landing one export found: the records of the files that are there now."""

    export: str
    files: list[FileRecord]
    new_files: int
    rows_landed: int


def land_export(settings: Settings, name: str) -> ExportReport:
    """Land every file of the export that is not known yet; a second run lands nothing.

    What was landed before is held against its sha256 first, and landed again where it is not as it
    was. InputError where a required export is missing or all its files are refused, or where landed
    rows are damaged and the exports hold their file no more; SeatshiftError where a file is new and
    the clock is more than a day behind the last landing.
    """
    spec = EXPORTS[name]
    units = units_of(settings, name)
    if not units:
        _require_files(settings, spec)
    entries = ledger.mend(settings, name)
    known = {entry.file_id: entry.record for entry in entries if entry.record is not None}
    faults = find_faults(settings, name, entries)
    again = {file_id: fault.damage.sentence for file_id, fault in faults.items()}
    landed_at, clock_fault = _landing_moment(settings, known)
    present: dict[str, FileRecord] = {}
    new = 0
    if units:
        with scratch_folder(settings) as scratch, open_memory(settings) as connection:
            load_currencies(connection)
            times = first_landed(settings, name) if again else {}
            run = Landing(connection, settings, spec, scratch, landed_at, again, times, clock_fault)
            for unit in units:
                record, is_new = run.land(unit, known)
                new += is_new
                known[record.file_id] = present[record.file_id] = record
    for record in known.values():
        if record.is_refused and record.file_id not in present:
            ledger.drop_record(settings, record)
    ledger.write_present(settings, name, list(present))
    # a mapping that was changed replaces what it made before, damaged or not
    left = [fault for file_id, fault in faults.items() if file_id in again]
    settle_faults(settings, name, [one for one in left if one.entry.is_there])
    for record in present.values():
        if record.is_refused:
            say(f"nothing of {record.file_name} is loaded: {record.refused_reason}")
    report = ExportReport(
        export=name,
        files=list(present.values()),
        new_files=new,
        rows_landed=sum(record.landed for record in present.values()),
    )
    _require_rows(settings, spec, report)
    return report


def _landing_moment(
    settings: Settings, known: dict[str, FileRecord]
) -> tuple[datetime, str | None]:
    """When what is new lands, and why nothing new may where the clock is too far behind.

    That is now, but after every earlier landing of the export: what lands later is later.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    latest = max((record.landed_time for record in known.values()), default=None)
    if latest is None or latest < now:
        return now, None
    moment = latest + timedelta(microseconds=1)
    if latest - now <= CLOCK_BEHIND:
        return moment, None
    return moment, (
        f"this computer's clock ({now:%Y-%m-%d %H:%M} UTC) is behind the last load "
        f"({latest:%Y-%m-%d %H:%M} UTC), so that nothing new is loaded; set the clock, or, if it "
        f"was wrong at that load, remove {settings.landing} and refresh: everything is loaded anew."
    )


def units_of(settings: Settings, export: str) -> list[Unit]:
    """Everything that yields rows of the export: its own files, and files that mappings name."""
    if not settings.exports.is_dir():
        raise InputError(
            f"{settings.exports} is not a folder: put the exports there, "
            "or make a home with `seatshift init DIR`."
        )
    units = [Unit(file, None) for file in export_files(settings, export)]
    for target in load_targets(settings):
        if target.export == export:
            units += [Unit(file, target) for file in source_files(settings, target.rows_of)]
    return units


def _require_files(settings: Settings, spec: ExportSpec) -> None:
    if not spec.is_required or (spec.alternative and units_of(settings, spec.alternative)):
        return
    other = f" (or {spec.alternative})" if spec.alternative else ""
    raise InputError(
        f"no {spec.name}{other} export: {settings.exports} holds no {spec.name}.csv or .parquet "
        "and no mapping yields it; a refresh needs it, so put the export there."
    )


def _require_rows(settings: Settings, spec: ExportSpec, report: ExportReport) -> None:
    if not spec.is_required or not report.files:
        return
    if spec.alternative and units_of(settings, spec.alternative):
        return
    if all(record.is_refused for record in report.files):
        raise InputError(f"the {spec.name} export is refused: {report.files[0].refused_reason}")
