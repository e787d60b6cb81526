"""What a proposed mapping would load, found by loading it into a temporary folder."""

from dataclasses import dataclass
from datetime import UTC, datetime

from orchestration.connect.plan import Proposal
from orchestration.ingest import ledger
from orchestration.ingest.currencies import load_currencies
from orchestration.ingest.ids import pairs_by_system, read_ids
from orchestration.ingest.landing import Landing, Unit, scratch_folder
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.mapping import Target, source_files, targets_of
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted

SHOWN_ROWS = 3
SHOWN_COLUMNS = 12


@dataclass(frozen=True)
class Trial:
    """What one file would load into one export; `problem` is the first reason why a row would not.

    `rows` are the first that would load, as text, with the export's required columns first.
    """

    export: str
    file: str
    read: int
    loaded: int
    quarantined: int
    skipped: int
    problem: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def try_out(trial: Settings, proposal: Proposal) -> list[Trial]:
    """Load the proposal's files; `trial` is the home with its derived state elsewhere."""
    ids = pairs_by_system(read_ids(trial))
    targets = targets_of(trial, f"{proposal.slug}.yml", proposal.raw, ids)
    found: list[Trial] = []
    with scratch_folder(trial) as scratch, open_memory(trial) as connection:
        load_currencies(connection)
        for target in targets:
            moment = datetime.now(UTC).replace(tzinfo=None)
            landing = Landing(connection, trial, EXPORTS[target.export], scratch, moment)
            for file in source_files(trial, target.rows_of):
                record, _ = landing.land(Unit(file, target), {})
                found.append(_trial(trial, target, record))
    return found


def _trial(trial: Settings, target: Target, record: FileRecord) -> Trial:
    columns, rows = _sample(trial, target, record)
    return Trial(
        export=target.export,
        file=record.file_name,
        read=record.rows_read,
        loaded=record.landed,
        quarantined=record.quarantined,
        skipped=record.skipped,
        problem=record.refused_reason or _first_problem(trial, record),
        columns=columns,
        rows=rows,
    )


def _first_problem(trial: Settings, record: FileRecord) -> str | None:
    path = ledger.quarantine_path(trial, record)
    if not path.is_file():
        return None
    with open_memory(trial) as connection:
        row = connection.execute(
            f"select row_number, sentence from read_parquet({quoted(str(path))}) "
            "order by row_number limit 1"
        ).fetchone()
    return f"{record.file_name} row {row[0]}: {row[1]}" if row else None


def _sample(
    trial: Settings, target: Target, record: FileRecord
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    parts = [quoted(str(path)) for path in ledger.part_paths(trial, record)]
    if not parts:
        return (), ()
    columns = EXPORTS[target.export].columns
    names = [column.name for column in columns if column.required]
    names += [column.name for column in columns if not column.required]
    shown = ", ".join(f"coalesce(cast({name} as varchar), '')" for name in names)
    with open_memory(trial) as connection:
        rows = connection.execute(
            f"select {shown} from read_parquet([{', '.join(parts)}], union_by_name = true) "
            f"order by _row limit {SHOWN_ROWS}"
        ).fetchall()
    filled = [place for place in range(len(names)) if any(row[place] for row in rows)]
    filled = filled[:SHOWN_COLUMNS]
    return (
        tuple(names[place] for place in filled),
        tuple(tuple(str(row[place]) for place in filled) for row in rows),
    )
