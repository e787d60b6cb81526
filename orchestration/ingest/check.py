"""What a refresh would load and quarantine, without writing to the home."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.ingest import ledger
from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.reference import read_reference
from orchestration.ingest.repair import find_faults, is_loss, lost_sentence
from orchestration.ingest.resolve import FileCounts, ResolveReport
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.unknown_accounts import (
    UnknownAccounts,
    faults_of_ids,
    source_of,
    unknown_accounts,
)
from orchestration.ingest.unread import unread_note
from orchestration.ingest.value_meter import choose_value_meter
from orchestration.ingest.vanished import Vanished, vanished
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted

EXAMPLES = 3


@dataclass(frozen=True)
class HeldRow:
    """A row that would be quarantined."""

    file_name: str
    export: str
    row_number: int
    reason: str
    sentence: str


@dataclass(frozen=True)
class CheckReport:
    """Counts per file, the first quarantined rows per file and reason, and problems.

    `vanished` lists what earlier refreshes loaded and the exports no longer contain. `problems`
    are the sentences with which a refresh would stop because its inputs are unusable; `notes` say
    what it would decide on its own.
    """

    files: list[FileCounts]
    held: list[HeldRow]
    problems: list[str]
    vanished: list[Vanished]
    notes: list[str]

    @property
    def is_usable(self) -> bool:
        return not self.problems


def check_home(settings: Settings, then: Callable[[Settings], None] | None = None) -> CheckReport:
    """Land everything into a temporary folder and report what happened.

    `then` is called with the home as landed there, if a refresh could use it.
    """
    problems: list[str] = []
    notes: list[str] = []
    unknown: list[UnknownAccounts] = []
    with tempfile.TemporaryDirectory(prefix="seatshift-check-") as folder:
        trial = replace(settings, state=Path(folder))
        for name in EXPORTS:
            try:
                land_export(trial, name)
            except InputError as error:
                problems.append(str(error))
        report: ResolveReport | None = None
        try:
            report = resolve(trial, require_usable=False)
            unknown = unknown_accounts(trial)
            notes += [*(one.sentence for one in unknown), *faults_of_ids(trial)]
            if not problems:
                resolve(trial)
            _, note = choose_value_meter(trial, report)
            notes += [note] if note else []
        except InputError as error:
            problems.append(str(error))
        try:
            notes += unread_note(settings)
        except InputError as error:
            problems.append(str(error))
        problems += [problem.sentence for problem in read_reference(settings)[1]]
        problems += [sentence for name in EXPORTS for sentence in _lost(settings, trial, name)]
        files = report.files if report is not None else []
        grouped = frozenset(one.source for one in unknown)
        held = _held(trial, report, grouped) if report is not None else []
        lost = vanished(settings, trial)
        if then is not None and not problems:
            then(trial)
    # a problem may say why with the sentence of a note
    notes = [note for note in notes if not any(note in problem for problem in problems)]
    return CheckReport(files, held, list(dict.fromkeys(problems)), lost, notes)


def _lost(settings: Settings, trial: Settings, export: str) -> list[str]:
    """Damaged landed files that no file in the exports would repair."""
    now = ledger.read_records(trial, export)
    there = {record.file_id for record in now}
    # a changed mapping replaces the rows that it made from a file before
    mapped = {_made(record) for record in now if record.mapping}
    faults = find_faults(settings, export, ledger.entries(settings, export))
    return [
        lost_sentence(settings, fault)
        for file_id, fault in faults.items()
        if file_id not in there
        and not (fault.entry.record and _made(fault.entry.record) in mapped)
        and is_loss(settings, export, fault)
    ]


def _made(record: FileRecord) -> tuple[str | None, str]:
    return record.mapping, record.content_id


def _held(settings: Settings, report: ResolveReport, grouped: frozenset[str]) -> list[HeldRow]:
    """The first rows per file and reason code; unknown accounts of grouped sources are left out."""
    records = ledger.read_all(settings)
    selects = [
        select
        for record in records
        for select in (
            _static(settings, record),
            _relative(report, record, "unknown_account" if source_of(record) in grouped else ""),
        )
        if select is not None
    ]
    if not selects:
        return []
    with open_memory(settings) as connection:
        rows = connection.execute(
            f"""
            select file_name, export, row_number, reason, sentence
            from ({" union all ".join(selects)})
            qualify row_number() over (
                partition by file_name, export, reason order by row_number
            ) <= {EXAMPLES}
            order by export, file_name, row_number
            """
        ).fetchall()
    return [HeldRow(*row) for row in rows]


def _static(settings: Settings, record: FileRecord) -> str | None:
    path = ledger.quarantine_path(settings, record)
    return _select(record, path, "true") if path.is_file() else None


def _relative(report: ResolveReport, record: FileRecord, left_out: str) -> str | None:
    path = report.fates(record.export)
    if path is None:
        return None
    return _select(
        record,
        path,
        f"fate = 'quarantined' and file_id = {quoted(record.file_id)} "
        f"and reason <> {quoted(left_out)}",
    )


def _select(record: FileRecord, path: Path, condition: str) -> str:
    return (
        f"select {quoted(record.file_name)} as file_name, {quoted(record.export)} as export, "
        f"row_number, reason, sentence from read_parquet({quoted(str(path))}) where {condition}"
    )
