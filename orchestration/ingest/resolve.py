"""What other rows make of a row: duplicates, revisions, conflicts, unknown accounts, orphans.

Everything is a set operation over all of landing, so the result does not depend on the order
in which files arrived, and a file that comes later can release a row that was held.
"""

import hashlib
import json
import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.errors import InputError
from orchestration.ingest import durable, ledger
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.specs import EXPORTS, ExportSpec
from orchestration.progress import say
from orchestration.settings import Settings
from orchestration.warehouse import open_memory, quoted

# a change of the rules below must reach homes that have nothing new
RULES_VERSION = "1"


@dataclass(frozen=True)
class FileCounts:
    """Where the rows of one file version ended; the fields are those of `load_ledger`.

    rows_read = loaded + revisions + duplicates + quarantined + skipped. Sums are exact
    decimals as text, over the rows kept; null where the export has no such column.
    """

    file_id: str
    file_name: str
    export: str
    size_bytes: int
    rows_read: int
    loaded: int
    revisions: int
    duplicates: int
    quarantined: int
    skipped: int
    refused_reason: str | None
    quantity_sum: str | None
    amount_sum: str | None
    landed_at: str


@dataclass(frozen=True)
class ResolveReport:
    """The fates of all landed rows; `folder` holds one Parquet per export that has exceptions."""

    fingerprint: str
    is_new: bool
    files: list[FileCounts]
    folder: Path

    def fates(self, export: str) -> Path | None:
        """Parquet of the rows that are not plainly loaded; None where all are."""
        path = self.folder / f"{export}.parquet"
        return path if path.is_file() else None


def resolve(settings: Settings, *, require_usable: bool = True) -> ResolveReport:
    """Settle what became of every landed row; nothing is computed where nothing is new.

    InputError where nothing of a required export can be used, unless that is not asked.
    """
    records = ledger.read_all(settings)
    fingerprint = _fingerprint(records)
    root = settings.landing / "resolved"
    folder = root / fingerprint
    known = folder / "counts.json"
    if known.is_file():
        counts = [FileCounts(**entry) for entry in json.loads(known.read_text(encoding="utf-8"))]
        report = ResolveReport(fingerprint, False, counts, folder)
    else:
        say("settling duplicates, revisions and conflicts")
        counts = _settle(settings, records, folder)
        durable.write_text(known, json.dumps([asdict(entry) for entry in counts]))
        for other in root.iterdir():
            if other != folder:
                shutil.rmtree(other)
        report = ResolveReport(fingerprint, True, counts, folder)
    if require_usable:
        _require_usable(settings, report)
    return report


def landed_parts(settings: Settings, records: list[FileRecord], export: str) -> list[Path]:
    """Every Parquet file of the export that a ledger record vouches for."""
    return [
        path
        for record in records
        if record.export == export
        for path in ledger.part_paths(settings, record)
    ]


def scan(parts: list[Path]) -> str:
    """A scan of landed Parquet files."""
    files = ", ".join(quoted(str(path)) for path in parts)
    return f"read_parquet([{files}], hive_partitioning = false)"


def row_key(spec: ExportSpec, alias: str) -> str:
    """The key of a row as one text: its columns joined by U+001F."""
    parts = ", ".join(f"coalesce(cast({alias}.{name} as varchar), '')" for name in spec.key)
    return f"concat_ws(chr(31), {parts})"


def _fingerprint(records: list[FileRecord]) -> str:
    lines = sorted(
        f"{record.export}/{record.file_id}/{record.landed_at}/{record.refused_reason}"
        for record in records
    )
    return hashlib.sha256("\n".join([RULES_VERSION, *lines]).encode()).hexdigest()[:16]


def _settle(settings: Settings, records: list[FileRecord], folder: Path) -> list[FileCounts]:
    folder.mkdir(parents=True, exist_ok=True)
    counts: list[FileCounts] = []
    with open_memory(settings) as connection:
        # accounts come first: the other exports ask whether theirs is known
        for name in sorted(EXPORTS, key=lambda export: export != "accounts"):
            spec = EXPORTS[name]
            parts = landed_parts(settings, records, name)
            if parts:
                _settle_export(connection, spec, scan(parts), folder / f"{name}.parquet")
            counts += _counted(connection, spec, records, has_rows=bool(parts))
    return counts


def _settle_export(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, landing: str, target: Path
) -> None:
    """Leave the exceptional rows in table `fates` and, where there are any, in the target."""
    key_hash = f"hash({', '.join(f'landed.{name}' for name in spec.key)})"
    content = ", ".join(f"landed.{column.name}" for column in spec.columns)
    connection.execute(
        f"""
        create or replace temp table repeated as
        select {key_hash} as key_hash from {landing} as landed
        group by {key_hash} having count(*) > 1
        """
    )
    connection.execute(
        f"""
        create or replace temp table copies as
        select
            landed._file,
            landed._row,
            landed.recorded_at,
            landed.exported_at,
            {row_key(spec, "landed")} as row_key,
            hash({content}, landed.recorded_at) as content
        from {landing} as landed
        where {key_hash} in (select key_hash from repeated)
        """
    )
    connection.execute(_JUDGED_COPIES)
    _hold_unknown_accounts(connection, spec, landing)
    _hold_orphans(connection, spec, landing)
    connection.execute(_FATES)
    if spec.name == "accounts":
        connection.execute(
            f"""
            create or replace temp table known_accounts as
            select distinct account_id from {landing} as landed
            where not exists (
                select 1 from fates
                where fates.file_id = landed._file and fates.row_number = landed._row
                    and fates.fate <> 'revision'
            )
            """
        )
    columns = ", ".join(f"{column.name} := landed.{column.name}" for column in spec.columns)
    sums = ", ".join(
        f"landed.{name} as {name}" if name in spec.sums else f"null as {name}"
        for name in ("quantity", "amount")
    )
    connection.execute(
        f"""
        create or replace temp table told as
        select
            fates.*,
            {sums},
            case
                when fates.fate = 'quarantined'
                    then cast(to_json(struct_pack({columns})) as varchar)
            end as raw
        from fates
        inner join {landing} as landed
            on fates.file_id = landed._file and fates.row_number = landed._row
        """
    )
    row = connection.execute("select count(*) from told").fetchone()
    if row is not None and row[0] > 0:
        temporary = target.with_suffix(".tmp")
        connection.execute(
            f"copy (select * from told order by file_id, row_number) "
            f"to {quoted(str(temporary))} (format parquet)"
        )
        durable.move(temporary, target)


# One row per copy of a repeated key. Of equal contents one copy is kept: the first where the
# key has one content only, the last where it has several, because a content that is exported
# again later is the later one. Contents that stand at the same latest moment contradict.
_JUDGED_COPIES = """
    create or replace temp table judged as
    with
    ranked as (
        select
            *,
            row_number() over (
                partition by row_key, content order by exported_at, _file, _row
            ) as first_rank,
            row_number() over (
                partition by row_key, content order by exported_at desc, _file, _row
            ) as last_rank,
            min(content) over (partition by row_key)
                <> max(content) over (partition by row_key) as has_versions
        from copies
    ),
    chosen as (
        select
            *,
            case when has_versions then last_rank else first_rank end = 1 as is_chosen
        from ranked
    )
    select
        _file,
        _row,
        row_key,
        recorded_at,
        exported_at,
        is_chosen,
        is_chosen and count(*) filter (where is_chosen) over (
            partition by row_key, recorded_at, case when is_chosen then exported_at end
        ) > 1 as is_conflicting
    from chosen
"""

# One row per landed row that is not plainly loaded.
_FATES = """
    create or replace temp table fates as
    with
    kept as (
        select
            judged.*,
            row_number() over (
                partition by row_key order by recorded_at, exported_at, _file, _row
            ) as version
        from judged
        where
            is_chosen and not is_conflicting
            and not exists (
                select 1 from held
                where held._file = judged._file and held._row = judged._row
            )
    )
    select
        _file as file_id, _row as row_number, row_key, 'duplicate' as fate,
        null as reason, null as sentence
    from judged where not is_chosen
    union all
    select
        _file, _row, row_key, 'quarantined', 'conflicting_duplicate',
        'The key ' || replace(row_key, chr(31), ' / ') || ' stands here and elsewhere with other '
            || 'content, and neither is later; keep the right one and load the file again.'
    from judged where is_conflicting
    union all
    select _file, _row, row_key, 'quarantined', reason, sentence from held
    union all
    select _file, _row, row_key, 'revision', null, null from kept where version > 1
"""


def _hold_unknown_accounts(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, landing: str
) -> None:
    """Make table `held`: rows of accounts that the accounts export does not name."""
    connection.execute(
        "create or replace temp table held "
        "(_file varchar, _row bigint, row_key varchar, reason varchar, sentence varchar)"
    )
    names = {column.name for column in spec.columns}
    if spec.name == "accounts" or "account_id" not in names or not _has_accounts(connection):
        return
    connection.execute(
        f"""
        insert into held
        select
            landed._file, landed._row, {row_key(spec, "landed")}, 'unknown_account',
            'account_id is «' || landed.account_id || '», which the accounts export does not '
                || 'name; add the account there or mend the id.'
        from {landing} as landed
        where
            landed.account_id not in (select account_id from known_accounts)
            and {_NOT_SETTLED}
        """
    )


# a copy that was dropped or contradicts another has its fate already
_NOT_SETTLED = """not exists (
                select 1 from judged
                where
                    judged._file = landed._file and judged._row = landed._row
                    and (not judged.is_chosen or judged.is_conflicting)
            )"""


def _has_accounts(connection: duckdb.DuckDBPyConnection) -> bool:
    row = connection.execute(
        "select count(*) from duckdb_tables() where table_name = 'known_accounts'"
    ).fetchone()
    return row is not None and row[0] > 0


def _hold_orphans(connection: duckdb.DuckDBPyConnection, spec: ExportSpec, landing: str) -> None:
    """Add to `held` the corrections that lead to no known event, over chains of corrections too."""
    if spec.name != "seat_events":
        return
    connection.execute(
        f"""
        insert into held
        with recursive
        usable as (
            select landed._file, landed._row, landed.event_id, landed.corrects_event_id
            from {landing} as landed
            where
                {_NOT_SETTLED}
                and not exists (
                    select 1 from held
                    where held._file = landed._file and held._row = landed._row
                )
        ),
        grounded as (
            select event_id from usable where corrects_event_id is null
            union
            select usable.event_id from usable
            inner join grounded on usable.corrects_event_id = grounded.event_id
        )
        select
            _file, _row, event_id, 'orphan_correction',
            'corrects_event_id is «' || corrects_event_id || '», which names no known event; '
                || 'load the export that holds that event.'
        from usable
        where
            corrects_event_id is not null
            and corrects_event_id not in (select event_id from grounded)
        """
    )


def _counted(
    connection: duckdb.DuckDBPyConnection,
    spec: ExportSpec,
    records: list[FileRecord],
    *,
    has_rows: bool,
) -> list[FileCounts]:
    found: dict[tuple[str, str], tuple[int, Decimal, Decimal]] = {}
    if has_rows:
        rows = connection.execute(
            "select file_id, fate, count(*), coalesce(sum(quantity), 0), coalesce(sum(amount), 0) "
            "from told group by file_id, fate"
        ).fetchall()
        found = {(row[0], row[1]): (row[2], Decimal(row[3]), Decimal(row[4])) for row in rows}
    nothing = (0, Decimal(0), Decimal(0))
    counts: list[FileCounts] = []
    for record in records:
        if record.export != spec.name:
            continue
        duplicates = found.get((record.file_id, "duplicate"), nothing)
        held = found.get((record.file_id, "quarantined"), nothing)
        revisions = found.get((record.file_id, "revision"), nothing)
        quantity, amount = record.quantity, record.amount
        counts.append(
            FileCounts(
                file_id=record.file_id,
                file_name=record.file_name,
                export=record.export,
                size_bytes=record.size_bytes,
                rows_read=record.rows_read,
                loaded=record.landed - duplicates[0] - held[0] - revisions[0],
                revisions=revisions[0],
                duplicates=duplicates[0],
                quarantined=record.quarantined + held[0],
                skipped=record.skipped,
                refused_reason=record.refused_reason,
                quantity_sum=None if quantity is None else str(quantity - duplicates[1] - held[1]),
                amount_sum=None if amount is None else str(amount - duplicates[2] - held[2]),
                landed_at=record.landed_at,
            )
        )
    return counts


def _require_usable(settings: Settings, report: ResolveReport) -> None:
    usable: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for entry in report.files:
        if entry.file_id in ledger.read_present(settings, entry.export):
            usable[entry.export] += entry.loaded + entry.revisions + entry.duplicates
            read[entry.export] += entry.rows_read
    for spec in EXPORTS.values():
        shapes = [spec.name, *([spec.alternative] if spec.alternative else [])]
        if not spec.is_required or any(usable[shape] for shape in shapes):
            continue
        held = next((shape for shape in shapes if read[shape]), None)
        if held is None:
            raise InputError(
                f"the {' or '.join(shapes)} export holds no rows; a refresh needs it, "
                "so export it again."
            )
        raise InputError(
            f"all {read[held]:,} rows of the {held} export are quarantined or skipped"
            f"{_example(settings, report, held)}"
        )


def _example(settings: Settings, report: ResolveReport, export: str) -> str:
    """The first quarantined row's sentence, so that the user need not look for it."""
    paths = [
        path
        for record in ledger.read_records(settings, export)
        if (path := ledger.quarantine_path(settings, record)).is_file()
    ]
    fates = report.fates(export)
    selects = [
        f"select row_number, sentence from read_parquet({quoted(str(path))})"
        for path in [*paths, *([fates] if fates else [])]
    ]
    if not selects:
        return "; mend the export and load it again."
    with open_memory(settings) as connection:
        row = connection.execute(
            f"select row_number, sentence from ({' union all '.join(selects)}) "
            "where sentence is not null order by row_number limit 1"
        ).fetchone()
    return f": row {row[0]}: {row[1]}" if row else "."
