"""Exports become typed Parquet by month, a quarantine and a ledger; the same file only once."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.errors import InputError, SeatshiftError
from orchestration.ingest import durable, ledger
from orchestration.ingest.currencies import load_currencies
from orchestration.ingest.files import (
    ExportFile,
    Refused,
    VerifiedFile,
    export_files,
    refused_id,
    verified,
)
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.read import TextFormat, open_relation, rejected_rows, with_true_rows
from orchestration.ingest.resolve import ResolveReport, resolve
from orchestration.ingest.rows import HELD, SKIPPED, Reading, typed_rows
from orchestration.ingest.specs import EXPORTS, ExportSpec
from orchestration.progress import say
from orchestration.settings import Settings
from orchestration.warehouse import open_memory, quoted

__all__ = ["ExportReport", "ResolveReport", "land_export", "resolve"]

# rows that a partition gathers before they are written: bounds memory where many months are open
FLUSH_ROWS = 122880


@dataclass(frozen=True)
class ExportReport:
    """What landing one export found: the records of the files that are there now."""

    export: str
    files: list[FileRecord]
    new_files: int
    rows_landed: int


def land_export(settings: Settings, name: str) -> ExportReport:
    """Land every file of the export that is not known yet; a second run lands nothing.

    InputError where a required export is missing or all its files are refused.
    """
    spec = EXPORTS[name]
    files = export_files(settings, name)
    if not files:
        _require_files(settings, spec)
    known = {record.file_id: record for record in ledger.read_records(settings, name)}
    landed_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    present: dict[str, FileRecord] = {}
    new = 0
    with _scratch(settings) as scratch, open_memory(settings) as connection:
        load_currencies(connection)
        for file in files:
            record, is_new = _land_file(connection, settings, spec, file, scratch, known, landed_at)
            new += is_new
            known[record.file_id] = present[record.file_id] = record
    for record in known.values():
        if record.is_refused and record.file_id not in present:
            ledger.drop_record(settings, record)
    ledger.write_present(settings, name, list(present))
    report = ExportReport(
        export=name,
        files=list(present.values()),
        new_files=new,
        rows_landed=sum(record.landed for record in present.values()),
    )
    _require_rows(settings, spec, report)
    return report


def _require_files(settings: Settings, spec: ExportSpec) -> None:
    if not spec.is_required or (spec.alternative and export_files(settings, spec.alternative)):
        return
    other = f" (or {spec.alternative})" if spec.alternative else ""
    raise InputError(
        f"no {spec.name}{other} export: {settings.exports} holds no {spec.name}.csv or .parquet "
        "and no mapping yields it; a refresh needs it, so put the export there."
    )


def _require_rows(settings: Settings, spec: ExportSpec, report: ExportReport) -> None:
    if not spec.is_required or not report.files:
        return
    if spec.alternative and export_files(settings, spec.alternative):
        return
    if all(record.is_refused for record in report.files):
        raise InputError(f"the {spec.name} export is refused: {report.files[0].refused_reason}")


def _land_file(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    spec: ExportSpec,
    file: ExportFile,
    scratch: Path,
    known: dict[str, FileRecord],
    landed_at: datetime,
) -> tuple[FileRecord, bool]:
    """The file's record and whether it is new."""
    content_id: str | None = None
    try:
        with verified(settings, file, scratch) as source:
            content_id = source.content_id
            before = known.get(content_id)
            if before is not None and not before.is_refused:
                return before, False
            say(f"landing {file.name}")
            record = land_source(
                connection, settings, spec, source, TextFormat(), scratch, landed_at
            )
    except Refused as refusal:
        file_id = content_id or refused_id(file)
        record = FileRecord(
            file_id=file_id,
            file_name=file.name,
            export=spec.name,
            content_id=file_id,
            size_bytes=file.path.lstat().st_size,
            landed_at=landed_at.isoformat(),
            refused_reason=sentence_about(file, str(refusal)),
        )
        before = known.get(file_id)
        if before is not None and before.refused_reason == record.refused_reason:
            return before, False
        say(f"refused: {record.refused_reason}")
    ledger.write_record(settings, record)
    return record, True


def sentence_about(file: ExportFile, reason: str) -> str:
    """The reason as a sentence that names the file."""
    return reason if file.name in reason else f"{file.name}: {reason}"


def land_source(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    spec: ExportSpec,
    source: VerifiedFile,
    text: TextFormat,
    scratch: Path,
    landed_at: datetime,
) -> FileRecord:
    """Write the file's rows below landing and count them; the record is not written yet."""
    record = FileRecord(
        file_id=source.content_id,
        file_name=source.file.name,
        export=spec.name,
        content_id=source.content_id,
        size_bytes=source.size_bytes,
        landed_at=landed_at.isoformat(),
    )
    reading = Reading(record.file_id, record.file_name, landed_at, settings.time_zone)
    target = scratch / "parts"
    with read_errors(source.file):
        relation = open_relation(connection, source, text)
        _write_parts(connection, typed_rows(spec, relation, reading, None), target)
        rejects = rejected_rows(connection, relation)
        if rejects is not None:
            # rows behind a rejected line were numbered as if it were not there
            shutil.rmtree(target)
            relation = with_true_rows(relation, rejects)
            _write_parts(connection, typed_rows(spec, relation, reading, rejects), target)
    try:
        return _placed(connection, settings, spec, record, target)
    finally:
        shutil.rmtree(target, ignore_errors=True)


@contextmanager
def read_errors(file: ExportFile) -> Iterator[None]:
    """Turn DuckDB's errors while a file is read into a refusal, except for faults of ours."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise SeatshiftError(
            f"{file.name} needs more memory than limits.memory_limit_mb allows "
            f"({_first_line(error)})."
        ) from None
    except (duckdb.InternalException, duckdb.BinderException, duckdb.ParserException):
        raise
    except duckdb.Error as error:
        if "No space left" in str(error) or "disk" in str(error).lower():
            raise SeatshiftError(
                f"the disk is full or not writable while {file.name} is landed: "
                f"{_first_line(error)}."
            ) from None
        raise Refused(
            f"{file.name} cannot be read as {file.format} ({_first_line(error)}); "
            "send the file again."
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


@contextmanager
def _scratch(settings: Settings) -> Iterator[Path]:
    """A folder on the same disk as landing, so that finished files move by rename."""
    place = settings.var / "tmp"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="landing-", dir=place) as name:
        yield Path(name)


def _write_parts(connection: duckdb.DuckDBPyConnection, select: str, target: Path) -> None:
    connection.execute(f"set partitioned_write_flush_threshold = {FLUSH_ROWS}")
    connection.execute(
        f"""
        copy ({select}) to {quoted(str(target))}
        (format parquet, partition_by (_part), write_partition_columns false)
        """
    )


def _placed(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    spec: ExportSpec,
    record: FileRecord,
    target: Path,
) -> FileRecord:
    """Move what was written to its place, months and quarantine apart, and count it."""
    folder = ledger.export_folder(settings, spec.name)
    held = _count(connection, target / f"_part={HELD}")
    skipped = _count(connection, target / f"_part={SKIPPED}")
    if held:
        quarantine = target / "quarantine.parquet"
        connection.execute(
            f"""
            copy (
                select
                    _row as row_number,
                    _raw as raw,
                    split_part(_problem, ':', 1) as reason,
                    split_part(_problem, ':', 2) as column_name,
                    _sentence as sentence
                from read_parquet({quoted(str(target / f"_part={HELD}" / "*.parquet"))})
                order by _row
            ) to {quoted(str(quarantine))} (format parquet)
            """
        )
        durable.move(quarantine, ledger.quarantine_path(settings, record))
    parts: list[str] = []
    for month in sorted(target.glob("_part=*")):
        number = int(month.name.partition("=")[2])
        if number in (HELD, SKIPPED):
            continue
        name = f"month={number // 100:04d}-{number % 100:02d}"
        for place, path in enumerate(sorted(month.glob("*.parquet"))):
            suffix = f"-{place}" if place else ""
            part = f"{name}/{record.file_id}{suffix}-{spec.name}.parquet"
            durable.move(path, folder / part)
            parts.append(part)
    landed, sums = _sums(connection, spec, [folder / part for part in parts])
    return replace(
        record,
        rows_read=landed + held + skipped,
        landed=landed,
        quarantined=held,
        skipped=skipped,
        quantity_sum=sums.get("quantity"),
        amount_sum=sums.get("amount"),
        parts=parts,
    )


def _count(connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    if not folder.is_dir():
        return 0
    row = connection.execute(
        f"select count(*) from read_parquet({quoted(str(folder / '*.parquet'))})"
    ).fetchone()
    return int(row[0]) if row else 0


def _sums(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, paths: list[Path]
) -> tuple[int, dict[str, str]]:
    """Rows landed, and the control sum of each column that has one."""
    if not paths:
        return 0, {name: str(Decimal(0)) for name in spec.sums}
    sums = "".join(f", cast(coalesce(sum({name}), 0) as varchar)" for name in spec.sums)
    files = ", ".join(quoted(str(path)) for path in paths)
    row = connection.execute(f"select count(*){sums} from read_parquet([{files}])").fetchone()
    values = row or (0,)
    return int(values[0]), dict(zip(spec.sums, (str(value) for value in values[1:]), strict=True))
