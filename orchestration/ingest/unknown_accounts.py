"""Ids that no account has, by source, and the column of another file that would match them."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.fates import scan
from orchestration.ingest.files import ExportFile, Refused, export_files, verified
from orchestration.ingest.ids import read_ids
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.mapping import load_targets, source_files
from orchestration.ingest.read import TextFormat, identifier, open_relation
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted

# fewer ids are mistakes in single rows, not the ids of another system
FEW = 3
# larger files hold events, not a list of customers
LARGEST_LIST = 64 * 1024 * 1024


@dataclass(frozen=True)
class IdColumn:
    """The column of a file that holds ids of another system, one account for each."""

    file: str
    column: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class UnknownAccounts:
    """The ids of one source, a mapping or a file, that no account has.

    `system` is that of the mapping; `row_count` rows of the exports have these ids.
    """

    source: str
    exports: tuple[str, ...]
    system: str | None
    id_count: int
    unknown: tuple[str, ...]
    row_count: int
    column: IdColumn | None

    @property
    def finding(self) -> str:
        """How many ids are known, and where the others were found."""
        known = self.id_count - len(self.unknown)
        start = f"{known} of {self.id_count} ids of {self.source} occur in accounts"
        if self.column is None:
            shown = ", ".join(f"«{one}»" for one in self.unknown[:FEW])
            more = ", …" if len(self.unknown) > FEW else ""
            return f"{start}; no column beside an account holds the others ({shown}{more})."
        found = len(self.column.pairs)
        amount = f"all {found}" if found == self.id_count else f"{found} of the others"
        return f"{start}; column `{self.column.column}` of {self.column.file} holds {amount}."

    @property
    def sentence(self) -> str:
        """The finding, what it means, and what to do."""
        rows = f"{self.row_count:,} rows of {' and '.join(self.exports)} are quarantined"
        advice = (
            "`seatshift connect` writes these ids to reference/ids.csv"
            if self.column is not None and self.system is not None
            else "add the accounts, or list the ids in reference/ids.csv and name their system in "
            "the mapping"
        )
        return f"{self.finding} {rows}; {advice}."


def unknown_accounts(settings: Settings, more_than: int = FEW) -> list[UnknownAccounts]:
    """Sources with more unknown ids than that, by name; none if there is no accounts export."""
    records = [record for record in ledger.read_all(settings) if record.parts]
    if not any(record.export == "accounts" for record in records):
        return []
    systems = {target.name: target.system for target in load_targets(settings)}
    groups: dict[tuple[str, str | None], list[FileRecord]] = {}
    for record in records:
        names = {column.name for column in EXPORTS[record.export].columns}
        if "account_id" in names and record.export != "accounts":
            system = systems.get(record.mapping or "")
            groups.setdefault((source_of(record), system), []).append(record)
    found: list[UnknownAccounts] = []
    with open_memory(settings) as connection:
        _load_accounts(connection, settings, records)
        for (source, system), files in sorted(groups.items(), key=lambda one: one[0][0]):
            _load_unknown(connection, settings, files)
            exports = tuple(dict.fromkeys(record.export for record in files))
            id_count, row_count, unknown = _counted(connection)
            if len(unknown) <= more_than:
                continue
            column = _column(connection, settings)
            found.append(
                UnknownAccounts(source, exports, system, id_count, unknown, row_count, column)
            )
    return found


def source_of(record: FileRecord) -> str:
    """The mapping that made the file's rows, otherwise the file."""
    return record.mapping.partition(": ")[0] if record.mapping else record.file_name


def faults_of_ids(settings: Settings) -> list[str]:
    """A sentence about rows of ids.csv whose account is not in the accounts export."""
    rows = read_ids(settings)
    records = ledger.read_records(settings, "accounts")
    if not rows or not any(record.parts for record in records):
        return []
    with open_memory(settings) as connection:
        _load_accounts(connection, settings, records)
        known = {row[0] for row in connection.execute("select account_id from accounts").fetchall()}
    wrong = [row for row in rows if row.text("account_id") not in known]
    if not wrong:
        return []
    return [
        f"reference/ids.csv: {len(wrong)} of {len(rows)} rows name an account that is not in the "
        f"accounts export (the first is row {wrong[0].line}, «{wrong[0].text('account_id')}»); "
        "correct account_id there."
    ]


def _load_accounts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, records: list[FileRecord]
) -> None:
    spec = EXPORTS["accounts"]
    parts = [
        path
        for record in records
        if record.export == spec.name
        for path in ledger.part_paths(settings, record)
    ]
    connection.execute(
        "create or replace temp table accounts as "
        f"select distinct account_id from {scan(spec, parts)} as landed"
    )


def _load_unknown(
    connection: duckdb.DuckDBPyConnection, settings: Settings, records: list[FileRecord]
) -> None:
    landed = " union all ".join(
        f"select account_id from {scan(EXPORTS[record.export], parts)} as landed"
        for record in records
        for parts in [ledger.part_paths(settings, record)]
    )
    connection.execute(
        "create or replace temp table ids as "
        "select account_id as id, count(*) as row_count, "
        "account_id in (select account_id from accounts) as is_known "
        f"from ({landed}) as landed group by account_id"
    )


def _counted(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, tuple[str, ...]]:
    row = connection.execute(
        "select count(*), coalesce(sum(row_count) filter (not is_known), 0) from ids"
    ).fetchone()
    unknown = connection.execute("select id from ids where not is_known order by id").fetchall()
    return int(row[0]) if row else 0, int(row[1]) if row else 0, tuple(one[0] for one in unknown)


def _column(connection: duckdb.DuckDBPyConnection, settings: Settings) -> IdColumn | None:
    """The column that holds most of the unknown ids beside an account id; the first of equals."""
    best: IdColumn | None = None
    with tempfile.TemporaryDirectory(prefix="seatshift-ids-") as scratch:
        for file, text in sorted(_lists(settings).items(), key=lambda one: one[0].name):
            try:
                with verified(settings, file, Path(scratch), text.encoding, text.sheet) as source:
                    relation = open_relation(connection, source, text)
                    found = _pairs(connection, relation.sql, list(relation.columns))
            except (Refused, duckdb.Error):
                continue  # landing says what is wrong with the file
            for column, pairs in found:
                if best is None or len(pairs) > len(best.pairs):
                    best = IdColumn(file.name, column, pairs)
    return best


def _lists(settings: Settings) -> dict[ExportFile, TextFormat]:
    """The files that may list customers, and how they are written."""
    found = {file: TextFormat() for name in EXPORTS for file in export_files(settings, name)}
    for target in load_targets(settings):
        for source in target.sources:
            found |= dict.fromkeys(source_files(settings, source), source.text)
    return {file: text for file, text in found.items() if file.path.stat().st_size <= LARGEST_LIST}


def _pairs(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str]
) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """(column, (unknown id, account id) pairs); ids beside more than one account are left out."""
    names = ", ".join(quoted(name) for name in columns)
    cells = ", ".join(f"trim(cast({identifier(name)} as varchar))" for name in columns)
    rows = connection.execute(
        f"""
        with
        cells as (
            select _row, unnest([{names}]) as name, unnest([{cells}]) as cell
            from ({relation})
        ),
        named as (
            select distinct ids_of.name, accounts_of.name as account_column,
                ids_of.cell as id, accounts_of.cell as account_id
            from cells as ids_of
            inner join ids on ids_of.cell = ids.id and not ids.is_known
            inner join cells as accounts_of on ids_of._row = accounts_of._row
            inner join accounts on accounts_of.cell = accounts.account_id
        )
        select name, account_column, id, any_value(account_id) as account_id
        from named
        group by name, account_column, id
        having count(*) = 1
        order by name, account_column, id
        """
    ).fetchall()
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, account_column, one, account in rows:
        found.setdefault((name, account_column), []).append((one, account))
    return [(name, tuple(pairs)) for (name, _), pairs in found.items()]
