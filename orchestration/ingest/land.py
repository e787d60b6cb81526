"""Lands exports as typed Parquet by month, with a quarantine and a ledger; each file only once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.ingest import ledger
from orchestration.ingest.currencies import load_currencies
from orchestration.ingest.files import export_files
from orchestration.ingest.landing import Landing, Unit, scratch_folder
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.mapping import load_targets, source_files
from orchestration.ingest.repair import find_faults, settle_faults
from orchestration.ingest.reserved import NAMED_IN, landed_with_reserved, refuse_landed
from orchestration.ingest.resolve import ResolveReport, first_landed, resolve
from orchestration.ingest.specs import EXPORTS, ExportSpec
from orchestration.platform.errors import InputError
from orchestration.platform.progress import say
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory

# a clock that is behind by less than this is tolerated silently
CLOCK_BEHIND = timedelta(days=1)

__all__ = ["ExportReport", "ResolveReport", "land_export", "resolve"]


@dataclass(frozen=True)
class ExportReport:
    """The result of landing one export: records of the files that are present."""

    export: str
    files: list[FileRecord]
    new_files: int
    rows_landed: int


def land_export(settings: Settings, name: str) -> ExportReport:
    """Land every new file of the export; a second run lands nothing.

    Earlier landed files are checked against their sha256 first and landed again if damaged.
    Raises InputError if a required export is missing, if all its files are rejected, if an account
    is in the segment `all`, or if landed rows are damaged and their file is no longer in the
    exports. Raises SeatshiftError if there is a
    new file and the clock is more than a day behind the last landing.
    """
    spec = EXPORTS[name]
    units = units_of(settings, name)
    if not units:
        _require_files(settings, spec)
    entries = ledger.repair(settings, name)
    known = {entry.file_id: entry.record for entry in entries if entry.record is not None}
    faults = find_faults(settings, name, entries)
    again = {file_id: fault.damage.sentence for file_id, fault in faults.items()}
    reserved: dict[str, str] = {}
    if name == NAMED_IN and known:
        with open_memory(settings) as connection:
            whole = [record for file_id, record in known.items() if file_id not in faults]
            reserved = landed_with_reserved(connection, settings, spec, whole)
        again |= reserved
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
    left_over = {file_id: reason for file_id, reason in reserved.items() if file_id in again}
    refuse_landed(settings, list(known.values()), left_over)
    for record in known.values():
        if record.is_refused and record.file_id not in present:
            ledger.drop_record(settings, record)
    ledger.write_present(settings, name, list(present))
    # a changed mapping replaces the rows it made before, damaged or not
    left = [fault for file_id, fault in faults.items() if file_id in again]
    settle_faults(settings, name, [one for one in left if one.entry.is_there])
    for record in present.values():
        if record.is_refused:
            say(f"no row of {record.file_name} is loaded: {record.refused_reason}")
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
    """The landing time for new files, and why none may land if the clock is too far behind.

    The time is now, but always after every earlier landing of the export.
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
        f"({latest:%Y-%m-%d %H:%M} UTC), so nothing new is loaded; set the clock, or, if it was "
        f"wrong at that load, delete {settings.landing} and refresh to load everything again."
    )


def units_of(settings: Settings, export: str) -> list[Unit]:
    """Everything that yields rows of the export: its own files and those read by mappings.

    A file that a mapping reads is not read on its own, whatever its name.
    """
    if not settings.exports.is_dir():
        raise InputError(
            f"{settings.exports} is not a folder; put the exports there, "
            "or create a home with `seatshift init DIR`."
        )
    mapped: set[Path] = set()
    units: list[Unit] = []
    for target in load_targets(settings):
        files = source_files(settings, target.rows_of)
        mapped.update(file.path for file in files)
        if target.export == export:
            units += [Unit(file, target) for file in files]
    own = [file for file in export_files(settings, export) if file.path not in mapped]
    return [*(Unit(file, None) for file in own), *units]


def _require_files(settings: Settings, spec: ExportSpec) -> None:
    if not spec.is_required or (spec.alternative and units_of(settings, spec.alternative)):
        return
    other = f" (or {spec.alternative})" if spec.alternative else ""
    raise InputError(
        f"The {spec.name}{other} export is missing: {settings.exports} contains no {spec.name}.csv "
        "or .parquet, and no mapping produces it; add it, because a refresh needs it, or run "
        "`seatshift connect` if it has another name."
    )


def _require_rows(settings: Settings, spec: ExportSpec, report: ExportReport) -> None:
    if not spec.is_required or not report.files:
        return
    if spec.alternative and units_of(settings, spec.alternative):
        return
    if all(record.is_refused for record in report.files):
        raise InputError(f"The {spec.name} export is rejected: {report.files[0].refused_reason}")
