"""Recordings of public marts: the rows of each as Parquet, and a digest that no order changes.

A recording is a folder with one folder for each home, and in it `<mart>.parquet` for each mart of
schema `marts` and `tables.json`, which says of each its columns with their types, its grain, its
number of rows and its digest.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import yaml

from orchestration.generate.company import generate
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import load_settings
from orchestration.platform.warehouse import quoted
from orchestration.runs.refresh import refresh
from tests.dbt_runs import build_models
from tests.golden.runner import load_berlin
from tests.shared import copy_demo

ROOT = Path(__file__).resolve().parent.parent
TABLES = "tables.json"

# what says when, by which code or in which run a row was made, and no data of the company
IGNORED = frozenset(
    {
        "build_id",
        "code_version",
        "landed_at",
        "last_landed_at",
    }
)
# which Parquet would store as floats
AS_TEXT = ("HUGEINT", "UHUGEINT")


@dataclass(frozen=True)
class Table:
    """One recorded mart; `columns` are names and types in order, `grain` names a row."""

    columns: dict[str, str]
    grain: list[str]
    rows: int
    digest: str


@dataclass(frozen=True)
class Company:
    """How large the generated company is."""

    accounts: int
    months: int
    events: int


def demo(folder: Path) -> Path:
    """The snapshot of the demo company, refreshed below a folder."""
    copy_demo(folder / "home")
    return _refreshed(folder / "home")


def berlin(folder: Path) -> Path:
    """The build of the golden company that bills in Berlin, with every model."""
    load_berlin(folder / "berlin.duckdb")
    build_models(folder / "berlin.duckdb")
    return folder / "berlin.duckdb"


def generated(folder: Path, company: Company) -> Path:
    """The snapshot of an invented company, refreshed below a folder."""
    generate(folder / "home", **asdict(company), seed=7, story="shift")
    return _refreshed(folder / "home")


def published(home: Path) -> Path:
    """The snapshot that a home publishes now."""
    settings = load_settings(home)
    pointer = read_pointer(settings)
    if pointer is None:
        raise SystemExit(f"Nothing is published in {home} yet; run `seatshift refresh` first.")
    return pointer.path(settings)


def record(
    folder: Path, makers: Mapping[str, Callable[[Path], Path]], say: Callable[[str], None]
) -> None:
    """Make each home's database in a temporary folder and record its marts below `folder`."""
    for name, make in makers.items():
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="seatshift-marts-") as scratch:
            database = make(Path(scratch))
            made = time.perf_counter()
            tables = record_database(database, folder / name)
        size = sum(path.stat().st_size for path in (folder / name).iterdir())
        say(
            f"{name}: {len(tables)} marts, {sum(table.rows for table in tables.values()):,} rows, "
            f"{size / 2**20:.1f} MiB; made in {made - started:.0f} s, "
            f"recorded in {time.perf_counter() - made:.1f} s"
        )


def record_database(database: Path, folder: Path) -> dict[str, Table]:
    """Write every mart of a DuckDB file into the folder, in the place of what lies there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    grains = _grains()
    tables = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(database))} as recorded (read_only)")
        found = connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = 'recorded' and table_schema = 'marts' order by all"
        ).fetchall()
        for (name,) in found:
            tables[name] = _recorded(connection, name, folder, grains.get(name, []))
    listed = {name: asdict(table) for name, table in tables.items()}
    text = json.dumps({"duckdb": duckdb.__version__, "tables": listed}, indent=1)
    (folder / TABLES).write_text(text + "\n", encoding="utf-8")
    return tables


def read_tables(folder: Path) -> tuple[str, dict[str, Table]]:
    """DuckDB's version and the marts of one recorded home, by name."""
    said = json.loads((folder / TABLES).read_text(encoding="utf-8"))
    return said["duckdb"], {name: Table(**table) for name, table in said["tables"].items()}


def _recorded(
    connection: duckdb.DuckDBPyConnection, name: str, folder: Path, grain: list[str]
) -> Table:
    relation = f'recorded.marts."{name}"'
    columns = {
        str(row[0]): str(row[1]) for row in connection.execute(f"describe {relation}").fetchall()
    }
    written = ", ".join(
        f'cast("{column}" as varchar) as "{column}"' if kind in AS_TEXT else f'"{column}"'
        for column, kind in columns.items()
    )
    path = quoted(str(folder / f"{name}.parquet"))
    connection.execute(f"copy (select {written} from {relation}) to {path} (format parquet)")
    counted = ", ".join(f'"{column}"' for column in columns if column not in IGNORED)
    rows, digest = connection.execute(
        f"select count(*), coalesce(sum(hash(rows)), 0) from (select {counted} from {relation}) "
        "as rows"
    ).fetchone() or (0, 0)
    return Table(columns, [one for one in grain if one in columns], int(rows), f"{int(digest):x}")


def _grains() -> dict[str, list[str]]:
    """By mart the columns that name a row, as its yml has them."""
    return {
        model["name"]: test["unique_grain"]["arguments"]["columns"]
        for file in (ROOT / "dbt_project" / "models" / "marts").rglob("*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
        for test in model.get("data_tests", [])
        if isinstance(test, dict) and "unique_grain" in test
    }


def _refreshed(home: Path) -> Path:
    settings = load_settings(home)
    return refresh(settings).pointer.path(settings)
