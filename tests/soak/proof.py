"""Whether a home is whole, judged by code of its own: json, csv, hashlib and bare DuckDB.

Nothing here calls the product. Each finding is a sentence; a whole home has none.
"""

import csv
import fcntl
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

# when a file arrived is a matter of the clock, and all that may differ between equal refreshes; the
# build id is made of it, too
# a month's digest is over the bytes of landed files, which hold when they landed
CLOCKS = ("landed_at", "last_landed_at", "exported_at", "build_id", "digest")
# columns that may name the very build they stand in, and must then say so; any other is compared
OWN_BUILD = ("told_build_id",)
PUBLISHED = ("marts", "reference", "whatif")

Print = dict[str, tuple[int, int]]


def pointer(home: Path) -> dict[str, Any]:
    """The pointer, which must be a whole object at any time."""
    entry = json.loads((home / "var" / "current.json").read_text(encoding="utf-8"))
    assert isinstance(entry, dict)
    return entry


def snapshot(home: Path) -> Path:
    return home / "var" / str(pointer(home)["file"])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tables(file: Path, schemas: tuple[str, ...] = PUBLISHED) -> Print:
    """Rows and a hash over all cells but clocks, by table."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            f"{schema}.{table}": _row(
                connection.execute(
                    f"select count(*), coalesce(sum(hash({columns})::hugeint), 0) "
                    f'from "{schema}"."{table}"'
                ).fetchone()
            )
            for schema, table, columns in _columns(connection, schemas)
        }


def differing(file: Path, other: Path, schemas: tuple[str, ...] = PUBLISHED) -> list[str]:
    """Tables of two files that differ in any cell but clocks, either way."""
    with duckdb.connect(":memory:") as connection:
        found: dict[str, dict[tuple[str, str], str]] = {}
        for name, path in (("one", file), ("two", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
            connection.execute(f"use {name}")
            found[name] = {
                (schema, table): columns for schema, table, columns in _columns(connection, schemas)
            }
        bad = [f"{schema}.{table}" for schema, table in set(found["one"]) ^ set(found["two"])]
        for schema, table in found["one"]:
            if (schema, table) not in found["two"]:
                continue
            selects = [
                f'select {of[schema, table]} from {name}."{schema}"."{table}"'
                for name, of in found.items()
            ]
            for left, right in (selects, selects[::-1]):
                rows = connection.execute(f"select count(*) from ({left} except all {right})")
                if _row(rows.fetchone())[0]:
                    bad.append(f"{schema}.{table}")
                    break
        return sorted(bad)


def _columns(
    connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]
) -> list[tuple[str, str, str]]:
    """Each table or view of the default database with its columns, clocks left out."""
    return connection.execute(
        """
        select table_schema, table_name,
            string_agg(
                case when list_contains($own, column_name)
                    then format(
                        'replace("{}", (select build_id from "{}".marts.dim_settings), ''own'')',
                        column_name, table_catalog
                    )
                    else '"' || column_name || '"' end,
                ', ' order by column_name
            )
        from information_schema.columns
        where
            table_catalog = current_database() and list_contains($schemas, table_schema)
            and not list_contains($clocks, column_name)
        group by all order by all
        """,
        {"schemas": list(schemas), "clocks": list(CLOCKS), "own": list(OWN_BUILD)},
    ).fetchall()


def _row(row: Any) -> tuple[int, int]:
    """A row of one or two whole numbers."""
    assert row is not None
    return int(row[0]), int(row[-1])


def rows_of(path: Path) -> int:
    """Rows of a CSV file below its header."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def files_below(folder: Path) -> dict[str, str]:
    """Name and sha256 of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass(frozen=True)
class Known:
    """The figures that may be seen, by the name of the state that published them.

    `files` are snapshots that were compared already: by sha256, their figures' name and build id.
    """

    builds: dict[str, Print]
    files: dict[str, tuple[str, str]] = field(default_factory=dict)

    def name_of(self, build_id: str, file: Path) -> str | None:
        """Whose figures the file holds, all of them and no others; None where it is a mix.

        The file must say of itself that it is the build.
        """
        content = sha256(file)
        if content not in self.files:
            found = tables(file)
            for known, figures in self.builds.items():
                if found == figures:
                    self.files[content] = (known, own_build_id(file))
        if content not in self.files:
            return None
        name, own = self.files[content]
        return name if own == build_id else None


def unharmed(home: Path, known: Known, before: Path) -> list[str]:
    """What is wrong with a home after a fault; `before` is the state that it began from."""
    wrong: list[str] = []
    wrong += _pointed(home, known, before)
    wrong += _lock(home)
    wrong += _verdicts(home, before)
    wrong += ledger_faults(home)
    for folder in ("exports", "reference"):
        if files_below(home / folder) != files_below(before / folder):
            wrong.append(f"lost: {folder} is not what it was")
    return wrong


def _pointed(home: Path, known: Known, before: Path) -> list[str]:
    try:
        entry = pointer(home)
        file = home / "var" / entry["file"]
        if sha256(file) != entry["sha256"]:
            return [f"lost: {entry['file']} is not the file that was published"]
    except (OSError, ValueError, KeyError, AssertionError) as error:
        return [f"lost: the pointer leads nowhere ({error!r})"]
    wrong = []
    if entry["generation"] < pointer(before)["generation"]:
        wrong.append(f"backwards: generation {entry['generation']} after {pointer(before)}")
    if known.name_of(entry["build_id"], file) is None:
        wrong.append(f"mixed: generation {entry['generation']} is not the build that it names")
    return wrong


def own_build_id(file: Path) -> str:
    """The build that a snapshot says it is."""
    with duckdb.connect(str(file), read_only=True) as connection:
        row = connection.execute("select build_id from marts.dim_settings").fetchone()
    return str(row[0]) if row else ""


def _lock(home: Path) -> list[str]:
    path = home / "var" / "refresh.lock"
    if not path.exists():
        return []
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return ["locked: the lock of the dead process is held"]
    return []


def _verdicts(home: Path, before: Path) -> list[str]:
    """What was once published does not change, byte for byte; only the end may be new."""
    name = Path("verdicts.jsonl")
    was = (before / name).read_bytes()
    return (
        [] if (home / name).read_bytes().startswith(was) else ["lost: verdicts that were published"]
    )


def reported(home: Path) -> list[int]:
    """The generations whose verdicts are written down, as often as they are."""
    lines = (home / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry["generation"] for line in lines if "generation" in (entry := _entry(line))]


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def ledger_faults(home: Path, *, is_complete: bool = False) -> list[str]:
    """Whether every record of a landed file tells the truth; complete: whether each file has one.

    The rows that a record counts are counted again: in the export by csv, in landing by Parquet.
    """
    wrong = []
    seen: set[str] = set()
    for path in sorted((home / "var" / "landing").glob("*/ledger/[!.]*.json")):
        folder = path.parents[1]
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            wrong.append(f"lost: the record {path.name} is no whole object")
            continue
        name = record["file_name"]
        if name in seen:
            wrong.append(f"doubled: {name} has two records")
        seen.add(name)
        if not (home / "exports" / name).is_file():
            wrong.append(f"lost: {name} is gone from the exports")
            continue
        rows = rows_of(home / "exports" / name)
        ended = record["landed"] + record["quarantined"] + record["skipped"]
        paths = [folder / part for part in record["parts"]]
        if missing := [path.name for path in paths if not path.is_file()]:
            wrong.append(f"lost: the record of {name} vouches for {missing}, which are not there")
            continue
        parts = sum(pq.read_metadata(path).num_rows for path in paths)
        if not rows == record["rows_read"] == ended or parts != record["landed"]:
            wrong.append(f"lost: {name} has {rows} rows, its record {ended}, landing {parts}")
    if is_complete:
        there = {
            path.relative_to(home / "exports").as_posix()
            for path in (home / "exports").rglob("*.csv")
        }
        wrong += [f"lost: {name} has no record" for name in sorted(there - seen)]
    return wrong


def ledger_of(file: Path) -> dict[str, tuple[int, int]]:
    """Rows read, and rows in any of the five ends, by file name, as the snapshot tells them."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select file_name, rows_read, "
            "loaded + revisions + duplicates + quarantined + skipped from marts.load_ledger"
        ).fetchall()
    return {str(name): (int(read), int(ended)) for name, read, ended in found}


def leavings(home: Path) -> list[str]:
    """Files that a finished refresh must not leave behind."""
    var = home / "var"
    found = [
        *var.glob(".*.tmp"),
        *(var / "builds").glob("building.duckdb*"),
        *(var / "builds").glob(".*.tmp"),
        *(var / "snapshots").glob(".*"),
        *(var / "landing").rglob("*.tmp"),
        *(var / "tmp").glob("landing-*"),
    ]
    return sorted(path.relative_to(home).as_posix() for path in found)


def audit_of(home: Path, build_id: str) -> list[dict[str, Any]]:
    """The evidence of a build's audit, which must have passed."""
    path = home / "var" / "builds" / f"{build_id}.audit.json"
    entry = json.loads(path.read_text(encoding="utf-8"))
    assert entry["verdict"] == "PASS", entry["verdict"]
    evidence: list[dict[str, Any]] = entry["evidence"]
    return evidence
