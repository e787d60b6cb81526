"""Lands one file: Parquet by month, a quarantine of bad rows, and a ledger record."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.ahead import refuse_mostly_ahead
from orchestration.ingest.currencies import load_currencies
from orchestration.ingest.files import (
    ID_LENGTH,
    ExportFile,
    Refused,
    VerifiedFile,
    refused_id,
    verified,
)
from orchestration.ingest.intact import sha256_once
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.mapped import open_target
from orchestration.ingest.mapping import Source, Target, source_files
from orchestration.ingest.read import (
    Relation,
    TextFormat,
    open_relation,
    rejected_rows,
    with_true_rows,
)
from orchestration.ingest.reserved import refuse_reserved_segment
from orchestration.ingest.rows import HELD, SKIPPED, Reading, typed_rows
from orchestration.ingest.specs import ExportSpec
from orchestration.ingest.style import CellStyle
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.failures import of_machine
from orchestration.platform.files import move, set_aside
from orchestration.platform.progress import say
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_locked, quoted

# rows buffered per partition before they are written: limits memory if a file has many months
FLUSH_ROWS = 122880
OPTIONS: dict[str, str | int] = {"partitioned_write_flush_threshold": FLUSH_ROWS}


@dataclass(frozen=True)
class Unit:
    """One file to land for an export, directly or through a mapping's target."""

    file: ExportFile
    target: Target | None


@dataclass(frozen=True)
class Landing:
    """The context for landing a file.

    `again` says by file id why a known file must be landed again; landed files are removed from
    it. Such a file keeps its first landing time (`times`, by file id), because that decides which
    of two versions of a row is later. `clock_fault` says why no new file may land.
    """

    connection: duckdb.DuckDBPyConnection
    settings: Settings
    spec: ExportSpec
    scratch: Path
    landed_at: datetime
    again: dict[str, str] = field(default_factory=dict)
    times: Mapping[str, datetime] = field(default_factory=dict)
    clock_fault: str | None = None

    def land(self, unit: Unit, known: dict[str, FileRecord]) -> tuple[FileRecord, bool]:
        """The unit's record and whether it is new; a file that is landed again is not."""
        record = FileRecord(
            file_id=refused_id(unit.file),
            file_name=unit.file.name,
            export=self.spec.name,
            content_id=refused_id(unit.file),
            size_bytes=unit.file.path.lstat().st_size,
            landed_at=self.landed_at.isoformat(),
            mapping=unit.target.name if unit.target else None,
        )
        found = record
        try:
            with ExitStack() as stack:
                source = self._verified(
                    stack, unit.file, unit.target.rows_of if unit.target else None
                )
                others = self._others(stack, unit)
                record = found = replace(
                    record,
                    file_id=_version_id(source, unit, others),
                    content_id=source.content_id,
                )
                before = known.get(record.file_id)
                if record.file_id in self.again:
                    return self._land_again(record, unit, source, others, before), False
                if before is not None and not before.is_refused:
                    return before, False
                if self.clock_fault is not None:
                    if before is not None:
                        return before, False
                    raise SeatshiftError(self.clock_fault)
                say(f"landing {unit.file.name}")
                record = self._landed(record, unit, source, others)
        except Refused as refusal:
            record = replace(found, refused_reason=sentence_about(unit.file, str(refusal)))
            before = known.get(record.file_id)
            if before is not None and record.file_id in self.again:
                say(f"not landed again: {record.refused_reason}")
                return before, False
            if before is not None and before.refused_reason == record.refused_reason:
                return before, False
            say(f"rejected: {record.refused_reason}")
            if self.again.pop(record.file_id, None) is not None:
                ledger.replace_record(self.settings, record, None)
                return record, True
        ledger.write_record(self.settings, record)
        self._drop_replaced(record, known)
        return record, True

    def _land_again(
        self,
        record: FileRecord,
        unit: Unit,
        source: VerifiedFile,
        others: dict[str, list[VerifiedFile]],
        before: FileRecord | None,
    ) -> FileRecord:
        """Land a file again and replace its earlier rows."""
        say(f"landing {unit.file.name} again: {self.again[record.file_id]}")
        first_at = self.times.get(record.file_id, self.landed_at)
        if before is not None:
            first_at = before.landed_time
            record = replace(record, file_name=before.file_name, size_bytes=before.size_bytes)
        record = replace(record, landed_at=first_at.isoformat())
        record = replace(self, landed_at=first_at)._landed(record, unit, source, others)
        ledger.replace_record(self.settings, record, before)
        del self.again[record.file_id]
        return record

    def _verified(self, stack: ExitStack, file: ExportFile, source: Source | None) -> VerifiedFile:
        text = source.text if source else TextFormat()
        return stack.enter_context(
            verified(self.settings, file, self.scratch, text.encoding, text.sheet)
        )

    def _others(self, stack: ExitStack, unit: Unit) -> dict[str, list[VerifiedFile]]:
        """The files of the other sources that a mapping reads."""
        if unit.target is None:
            return {}
        others: dict[str, list[VerifiedFile]] = {}
        for source in unit.target.sources:
            if source == unit.target.rows_of or source.name not in unit.target.reads:
                continue
            files = source_files(self.settings, source)
            if not files and not source.may_be_missing:
                raise Refused(
                    f"{unit.target.name} needs the source {source.name}, but no file matches "
                    f"{source.pattern}."
                )
            others[source.name] = [self._verified(stack, file, source) for file in files]
        return others

    def _landed(
        self,
        record: FileRecord,
        unit: Unit,
        source: VerifiedFile,
        others: dict[str, list[VerifiedFile]],
    ) -> FileRecord:
        """Write the file's rows to landing and count them; the record is written later."""
        zone = self.settings.time_zone
        style = unit.target.rows_of.style if unit.target else CellStyle(zone)
        is_selected = unit.target is not None
        reading = Reading(record.file_id, record.file_name, self.landed_at, style, is_selected)
        target = self.scratch / "parts"
        try:
            beside = [file for files in others.values() for file in files]
            with read_errors(self.settings, source, beside):
                if unit.target is None:
                    self._write_file(source, reading, target)
                else:
                    passed_over = self._write_made(unit.target, source, others, reading, target)
                    record = replace(record, skipped=passed_over)
            refuse_mostly_ahead(self.connection, self.spec, target, target / f"_part={HELD}")
            good = [
                path
                for _, folder in _month_folders(target)
                for path in sorted(folder.glob("*.parquet"))
            ]
            refuse_reserved_segment(self.connection, self.spec, record.file_name, good)
            return _placed(self.connection, self.settings, self.spec, record, target)
        finally:
            shutil.rmtree(target, ignore_errors=True)

    def _write_made(
        self,
        target: Target,
        source: VerifiedFile,
        others: dict[str, list[VerifiedFile]],
        reading: Reading,
        folder: Path,
    ) -> int:
        """Write the rows of the mapping's select; return the number of skipped rows.

        The select is the user's SQL: its connection can read only the files of its sources and is
        closed before anything else happens.
        """
        files = [source, *(file for files in others.values() for file in files)]
        readable = [file.readable for file in files]
        with open_locked(self.settings, self.scratch, readable, OPTIONS) as connection:
            load_currencies(connection)
            made = open_target(connection, target, source, others)
            self._write(connection, made.relation, reading, made.rejects, folder)
            return made.passed_over

    def _write_file(self, source: VerifiedFile, reading: Reading, target: Path) -> None:
        self.connection.execute(f"set partitioned_write_flush_threshold = {FLUSH_ROWS}")
        relation = open_relation(self.connection, source, TextFormat())
        self._write(self.connection, relation, reading, None, target)
        rejects = rejected_rows(self.connection, relation)
        if rejects is not None:
            # rows after a rejected line were numbered without counting it
            shutil.rmtree(target, ignore_errors=True)
            true_rows = with_true_rows(relation, rejects)
            self._write(self.connection, true_rows, reading, rejects, target)

    def _write(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        reading: Reading,
        rejects: str | None,
        target: Path,
    ) -> None:
        select = typed_rows(self.spec, relation, reading, rejects)
        connection.execute(
            f"""
            copy ({select}) to {quoted(str(target))}
            (format parquet, partition_by (_part), write_partition_columns false)
            """
        )

    def _drop_replaced(self, record: FileRecord, known: dict[str, FileRecord]) -> None:
        """Remove the rows that an earlier version of the mapping made from the same file."""
        for before in list(known.values()):
            is_same_file = before.content_id == record.content_id
            if (
                record.mapping is not None
                and before.mapping == record.mapping
                and is_same_file
                and before.file_id != record.file_id
            ):
                ledger.drop_record(self.settings, before)
                del known[before.file_id]


def _version_id(source: VerifiedFile, unit: Unit, others: dict[str, list[VerifiedFile]]) -> str:
    """An id of what is landed: the content and, if mapped, everything that determines its rows."""
    if unit.target is None:
        return source.content_id
    beside = sorted(file.content_id for files in others.values() for file in files)
    parts = [source.content_id, unit.target.fingerprint, *beside]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:ID_LENGTH]


def sentence_about(file: ExportFile, reason: str) -> str:
    """The reason as a sentence that names the file."""
    return reason if file.name in reason else f"{file.name}: {reason}"


@contextmanager
def read_errors(
    settings: Settings, source: VerifiedFile, beside: list[VerifiedFile]
) -> Iterator[None]:
    """Turn DuckDB's errors while reading a file into a rejection, except for our own bugs."""
    file = source.file
    try:
        yield
    except duckdb.PermissionException:
        raise Refused(
            f"{file.name}: the mapping's select tries to read more than the files of its sources, "
            "which is not allowed."
        ) from None
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        # the machine failed, not the file; rejecting the file would drop its rows
        failed = of_machine(error, settings)
        if failed is not None:
            raise SeatshiftError(f"{file.name} cannot be landed, because {failed}.") from None
        raise _refused(source, beside, error) from None
    except (duckdb.InternalException, duckdb.BinderException, duckdb.ParserException):
        raise
    except duckdb.Error as error:
        raise _refused(source, beside, error) from None


def _refused(source: VerifiedFile, beside: list[VerifiedFile], error: duckdb.Error) -> Refused:
    # readers see the sentence, so it must not contain folders of this machine
    reason = _first_line(error)
    for read in (source, *beside):
        reason = reason.replace(str(read.readable), read.file.name)
    file = source.file
    return Refused(f"{file.name} cannot be read as {file.format} ({reason}); send the file again.")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


@contextmanager
def scratch_folder(settings: Settings) -> Iterator[Path]:
    """A folder on the same disk as landing, so that finished files can be renamed into place."""
    place = settings.var / "tmp"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="landing-", dir=place) as name:
        yield Path(name)


def _placed(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    spec: ExportSpec,
    record: FileRecord,
    target: Path,
) -> FileRecord:
    """Move the written files into place, months and quarantine separately, and count their rows.

    The record already counts the rows that a mapping skipped.
    """
    folder = ledger.export_folder(settings, spec.name)
    held_rows = sorted((target / f"_part={HELD}").glob("*.parquet"))
    held = row_count(connection, held_rows)
    skipped = record.skipped + row_count(
        connection, sorted((target / f"_part={SKIPPED}").glob("*.parquet"))
    )
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
                from read_parquet([{_listed(held_rows)}])
                order by _row
            ) to {quoted(str(quarantine))} (format parquet)
            """
        )
        _put(quarantine, ledger.quarantine_path(settings, record))
    parts: list[str] = []
    for number, month in _month_folders(target):
        name = f"month={number // 100:04d}-{number % 100:02d}"
        for place, path in enumerate(sorted(month.glob("*.parquet"))):
            suffix = f"-{place}" if place else ""
            part = f"{name}/{record.file_id}{suffix}-{spec.name}.parquet"
            _put(path, folder / part)
            parts.append(part)
    landed, sums = control_sums(connection, spec, [folder / part for part in parts])
    record = replace(
        record,
        rows_read=landed + held + skipped,
        landed=landed,
        quarantined=held,
        skipped=skipped,
        quantity_sum=sums.get("quantity"),
        amount_sum=sums.get("amount"),
        parts=parts,
    )
    return replace(record, sha256={name: sha256_once(folder / name) for name in record.files})


def _month_folders(target: Path) -> list[tuple[int, Path]]:
    """The folders of good rows, by year * 100 + month."""
    folders = [(int(path.name.partition("=")[2]), path) for path in sorted(target.glob("_part=*"))]
    return [(number, path) for number, path in folders if number not in (HELD, SKIPPED)]


def _put(source: Path, target: Path) -> None:
    if target.is_dir():
        set_aside(target)
    move(source, target)


def row_count(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> int:
    """Rows in the Parquet files."""
    if not paths:
        return 0
    row = connection.execute(f"select count(*) from read_parquet([{_listed(paths)}])").fetchone()
    return int(row[0]) if row else 0


def control_sums(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, paths: list[Path]
) -> tuple[int, dict[str, str]]:
    """The number of landed rows and the control sums of their columns."""
    if not paths:
        return 0, {name: str(Decimal(0)) for name in spec.sums}
    sums = "".join(f", cast(coalesce(sum({name}), 0) as varchar)" for name in spec.sums)
    row = connection.execute(
        f"select count(*){sums} from read_parquet([{_listed(paths)}])"
    ).fetchone()
    values = row or (0,)
    return int(values[0]), dict(zip(spec.sums, (str(value) for value in values[1:]), strict=True))


def _listed(paths: list[Path]) -> str:
    return ", ".join(quoted(str(path)) for path in paths)
