"""Compares rows with other rows: duplicates, revisions, conflicts, unknown accounts, orphans.

Everything is a set operation over all landed rows, so the result does not depend on the order in
which files arrived, and a later file can release a quarantined row. Earlier results are stored
next to landing, so a new file costs only its own rows and a look-up.
"""

import hashlib
import json
import shutil
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.fates import Ground, note_accounts, scan, settle_export
from orchestration.ingest.horizon import (
    TOLERANCE,
    add_times,
    believed_until,
    make_times,
    parts_beyond,
)
from orchestration.ingest.intact import difference, require_intact, sha256_once
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.specs import EXPORTS, ExportSpec
from orchestration.ingest.unknown_accounts import unknown_accounts
from orchestration.platform.errors import InputError
from orchestration.platform.files import contents, move, write_text
from orchestration.platform.progress import say
from orchestration.platform.sealed import CHECKSUM, plain_object, sealed, unsealed
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted

# increased whenever the rules change, so that homes without new files are settled again
RULES_VERSION = "2"
STATE = "state.json"
# the keys that earlier versions wrote, without a checksum
OLDER_STATE = ("rules", "names", "latest_at", "held_ahead", "counts")


@dataclass(frozen=True)
class FileCounts:
    """What became of the rows of one file version; the fields are those of `load_ledger`.

    rows_read = loaded + revisions + duplicates + quarantined + skipped. Sums are exact decimals
    as text, over loaded rows and revisions; null if the export has no such column.
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
    """The fates of all landed rows; `folder` has a Parquet file per export with exceptions.

    `latest_at` is the latest recorded_at of the usable rows (naive UTC), or None; `held_ahead`
    says whether rows were quarantined because they are later.
    """

    fingerprint: str
    is_new: bool
    files: list[FileCounts]
    folder: Path
    latest_at: datetime | None
    held_ahead: bool

    def fates(self, export: str) -> Path | None:
        """Parquet file of the rows with a fate other than loaded; None if there are none."""
        path = self.folder / f"{export}.parquet"
        return path if path.is_file() else None


def resolve(
    settings: Settings, *, require_usable: bool = True, as_of: datetime | None = None
) -> ResolveReport:
    """Settle the fate of every landed row; computes nothing if nothing is new.

    Rows later than the exports are quarantined, unless the given as-of reaches them. Raises
    InputError if landed files are damaged and, with `require_usable`, if a required export has no
    usable rows.
    """
    records = ledger.read_all(settings)
    require_intact(settings, records)
    fingerprint = _fingerprint(records)
    report = _settled(settings, records, fingerprint, keep=(fingerprint,), as_of=None)
    reach = as_of if report.held_ahead else None
    if reach is not None and report.latest_at is not None and reach > report.latest_at:
        own = hashlib.sha256(f"{fingerprint} {reach}".encode()).hexdigest()[:16]
        report = _settled(settings, records, own, keep=(fingerprint, own), as_of=reach)
    if require_usable:
        _require_usable(settings, report)
    return report


def landed_parts(settings: Settings, records: list[FileRecord], export: str) -> list[Path]:
    """Every Parquet file of the export that has a ledger record."""
    return [
        path
        for record in records
        if record.export == export
        for path in ledger.part_paths(settings, record)
    ]


def _fingerprint(records: list[FileRecord]) -> str:
    lines = sorted(f"{_name(record)}/{record.refused_reason}" for record in records)
    return hashlib.sha256("\n".join([RULES_VERSION, *lines]).encode()).hexdigest()[:16]


def _name(record: FileRecord) -> str:
    return f"{record.export}/{record.file_id}/{record.landed_at}/{record.digest}"


def first_landed(settings: Settings, export: str) -> dict[str, datetime]:
    """When each file version landed, by file id, as far as the last settled state says."""
    found: dict[str, datetime] = {}
    for path in (settings.landing / "resolved").glob(f"*/{STATE}"):
        state = unsealed(contents(path) or b"", older=OLDER_STATE) or {"counts": []}
        try:
            for entry in state["counts"]:
                if entry["export"] == export:
                    found[entry["file_id"]] = datetime.fromisoformat(entry["landed_at"])
        except (KeyError, TypeError, ValueError):  # not a valid state of an earlier version
            continue
    return found


@dataclass(frozen=True)
class Earlier:
    """An earlier settled state and its files; `counts` are their FileCounts."""

    folder: Path
    names: frozenset[str]
    counts: list[dict[str, Any]]

    def file(self, name: str) -> Path | None:
        path = self.folder / f"{name}.parquet"
        return path if path.is_file() else None


def _settled(
    settings: Settings,
    records: list[FileRecord],
    fingerprint: str,
    *,
    keep: tuple[str, ...],
    as_of: datetime | None,
) -> ResolveReport:
    root = settings.landing / "resolved"
    folder = root / fingerprint
    state = _state(folder)
    is_new = state is None
    if state is None:
        say("settling duplicates, revisions and conflicts")
        _remove(folder)
        folder.mkdir(parents=True)
        earlier = _earlier(root)
        state = _settle(settings, records, folder, earlier, as_of)
        write_text(folder / STATE, json.dumps(sealed(state)))
        _say_what_went(earlier, records)
        for other in root.iterdir():
            if other.name not in keep:
                _remove(other)
    latest_at = state["latest_at"]
    return ResolveReport(
        fingerprint=fingerprint,
        is_new=is_new,
        files=[FileCounts(**entry) for entry in state["counts"]],
        folder=folder,
        latest_at=datetime.fromisoformat(latest_at) if latest_at else None,
        held_ahead=state["held_ahead"],
    )


def _state(folder: Path) -> dict[str, Any] | None:
    """The state in the folder; None if there is none or it is damaged."""
    content = contents(folder / STATE)
    if content is None:
        return None
    state = unsealed(content)
    if state is None:
        older = plain_object(content)
        if older is None or CHECKSUM in older:
            say(f"{folder / STATE} is damaged; settling all landed rows again")
        return None
    for name, sha256 in state["sha256"].items():
        damage = difference(folder / name, sha256)
        if damage is not None:
            say(f"{damage.sentence}; settling all landed rows again")
            return None
    return state


def _earlier(root: Path) -> Earlier | None:
    """The latest complete state with the same rules version."""
    for path in sorted(root.glob(f"*/{STATE}"), key=lambda path: path.stat().st_mtime)[::-1]:
        state = _state(path.parent)
        if state is not None and state["rules"] == RULES_VERSION:
            return Earlier(path.parent, frozenset(state["names"]), state["counts"])
    return None


def _say_what_went(earlier: Earlier | None, records: list[FileRecord]) -> None:
    """Report files whose rows were loaded before but that no longer have a ledger record."""
    now = {
        (record.export, name) for record in records for name in (record.file_id, record.file_name)
    }
    for entry in earlier.counts if earlier else []:
        rows = entry["loaded"] + entry["revisions"]
        known = {(entry["export"], entry["file_id"]), (entry["export"], entry["file_name"])}
        if rows and not known & now:
            shown = "1 row of" if rows == 1 else f"{rows:,} rows of"
            say(
                f"{shown} {entry['file_name']} {'is' if rows == 1 else 'are'} no longer loaded: "
                f"its record is gone from the ledger of {entry['export']}"
            )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _settle(
    settings: Settings,
    records: list[FileRecord],
    folder: Path,
    earlier: Earlier | None,
    as_of: datetime | None,
) -> dict[str, Any]:
    """Write the fates to the folder and return the state that describes them."""
    names = {_name(record) for record in records if not record.is_refused}
    counts: list[FileCounts] = []
    latest: list[datetime] = []
    held_ahead = 0
    with open_memory(settings) as connection:
        believed = _horizon(connection, settings, records, earlier, folder)
        horizon = max(believed, as_of or believed) + TOLERANCE if believed else None
        some_came, some_went = False, False
        # accounts first: the other exports check whether their accounts are known
        for name in sorted(EXPORTS, key=lambda export: export != "accounts"):
            spec = EXPORTS[name]
            ground = _ground(settings, records, spec, earlier, names, some_went)
            parts = [*ground.old, *ground.new]
            if parts:
                late = parts_beyond(connection, name, horizon) if horizon else set()
                has_accounts = _is_there(connection, "known_accounts")
                ground = replace(
                    ground,
                    asked_again=("bad_time", *(["unknown_account"] if some_came else [])),
                    late_parts=[
                        path for path in ground.old if f"{path.parent.name}/{path.name}" in late
                    ],
                    horizon=horizon,
                    has_accounts=has_accounts,
                )
                settle_export(connection, spec, ground)
                _write(
                    connection, "settled order by file_id, row_number", folder / f"{name}.parquet"
                )
                latest += _latest(connection, settings, records, name)
                held_ahead += _number(
                    connection, "select count(*) from settled where reason = 'bad_time'"
                )
            if name == "accounts" and parts:
                before = earlier.file("known_accounts") if earlier else None
                some_came, some_went = note_accounts(connection, scan(spec, parts), before)
                _write(connection, "known_accounts", folder / "known_accounts.parquet")
            counts += _counted(connection, spec, records, has_rows=bool(parts))
    return {
        "rules": RULES_VERSION,
        "names": sorted(names),
        "latest_at": max(latest).isoformat() if latest else None,
        "held_ahead": held_ahead > 0,
        "counts": [asdict(entry) for entry in counts],
        "sha256": {path.name: sha256_once(path) for path in sorted(folder.glob("*.parquet"))},
    }


def _ground(
    settings: Settings,
    records: list[FileRecord],
    spec: ExportSpec,
    earlier: Earlier | None,
    names: set[str],
    some_accounts_went: bool,
) -> Ground:
    """Which files of the export are new; all of them if earlier results cannot be reused."""
    own = [record for record in records if record.export == spec.name]
    known = earlier.names if earlier else frozenset()
    went = any(name.startswith(f"{spec.name}/") and name not in names for name in known)
    # chains of corrections run over all files
    if spec.name == "seat_events" or went or some_accounts_went:
        known = frozenset()
    old = [record for record in own if _name(record) in known]
    new = [record for record in own if _name(record) not in known]
    return Ground(
        old=landed_parts(settings, old, spec.name),
        new=landed_parts(settings, new, spec.name),
        before=earlier.file(spec.name) if earlier else None,
        asked_again=(),
        late_parts=[],
        horizon=None,
        has_accounts=False,
    )


def _horizon(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    records: list[FileRecord],
    earlier: Earlier | None,
    folder: Path,
) -> datetime | None:
    """Create table `times` from every landed file; return the latest plausible time."""
    make_times(connection)
    before = earlier.file("times") if earlier else None
    known = earlier.names if earlier and before else frozenset()
    for spec in EXPORTS.values():
        own = [record for record in records if record.export == spec.name]
        kept = [record for record in own if _name(record) in known]
        parts = {part for record in kept for part in record.parts}
        if before is not None and parts:
            shown = ", ".join(quoted(part) for part in sorted(parts))
            connection.execute(
                f"insert into times select * from read_parquet({quoted(str(before))}) "
                f"where export = {quoted(spec.name)} and part in ({shown})"
            )
        new = [record for record in own if _name(record) not in known]
        add_times(connection, spec, landed_parts(settings, new, spec.name))
    _write(connection, "times", folder / "times.parquet")
    return believed_until(connection)


def _latest(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    records: list[FileRecord],
    export: str,
) -> list[datetime]:
    """The latest recorded_at of the usable rows: at most one time."""
    day = connection.execute(
        """
        with
        landed as (
            select day, sum(row_count) as row_count from times where export = $export group by day
        ),
        dropped as (
            select cast(recorded_at as date) as day, count(*) as row_count
            from settled where fate <> 'revision' group by day
        )
        select max(landed.day)
        from landed
        left join dropped on landed.day = dropped.day
        where landed.row_count > coalesce(dropped.row_count, 0)
        """,
        {"export": export},
    ).fetchone()
    if day is None or day[0] is None:
        return []
    found = connection.execute(
        "select distinct part from times where export = ? and day = ?", [export, day[0]]
    ).fetchall()
    parts = {str(row[0]) for row in found}
    paths = [
        path
        for path in landed_parts(settings, records, export)
        if f"{path.parent.name}/{path.name}" in parts
    ]
    row = connection.execute(
        f"""
        select max(landed.recorded_at) from {scan(EXPORTS[export], paths)} as landed
        where
            cast(landed.recorded_at as date) = $day
            and not exists (
                select 1 from settled
                where settled.file_id = landed._file and settled.row_number = landed._row
                    and settled.fate <> 'revision'
            )
        """,
        {"day": day[0]},
    ).fetchone()
    return [row[0]] if row is not None and row[0] is not None else []


def _write(connection: duckdb.DuckDBPyConnection, source: str, target: Path) -> None:
    """Write a table unless it is empty."""
    if not _number(connection, f"select count(*) from {source.partition(' ')[0]}"):
        return
    temporary = target.with_suffix(".tmp")
    connection.execute(f"copy (from {source}) to {quoted(str(temporary))} (format parquet)")
    move(temporary, target)


def _number(connection: duckdb.DuckDBPyConnection, select: str) -> int:
    row = connection.execute(select).fetchone()
    return int(row[0]) if row else 0


def _is_there(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return (
        _number(
            connection, f"select count(*) from duckdb_tables() where table_name = {quoted(table)}"
        )
        > 0
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
            "from settled group by file_id, fate"
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
                f"The {' or '.join(shapes)} export contains no rows; export it again, because a "
                "refresh needs it."
            )
        raise InputError(
            f"Every row of the {held} export ({read[held]:,}) is quarantined or skipped"
            f"{_example(settings, report, held)}"
        )


def _example(settings: Settings, report: ResolveReport, export: str) -> str:
    """Why: ids that no account has, otherwise the sentence of the first quarantined row."""
    for unknown in unknown_accounts(settings):
        if export in unknown.exports:
            return f": {unknown.sentence}"
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
        return "; correct the export and load it again."
    with open_memory(settings) as connection:
        row = connection.execute(
            f"select row_number, sentence from ({' union all '.join(selects)}) "
            "where sentence is not null order by row_number limit 1"
        ).fetchone()
    return f": row {row[0]}: {row[1]}" if row else "."
