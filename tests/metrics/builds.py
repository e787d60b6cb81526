"""Warehouses of a home as known at a moment, and homes cut at one."""

import csv
import gzip
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from pyarrow import compute, parquet

from orchestration.platform.settings import load_settings
from tests.dbt_runs import build_models
from tests.ingest.homes import build
from tests.metrics.exports import Text, moment

# when a row became known that does not say so itself
EVENT_TIMES = {
    "accounts": "created_at",
    "subscriptions": "started_at",
    "seat_events": "effective_at",
    "usage_events": "occurred_at",
    "invoice_lines": "issued_at",
    "support_tickets": "created_at",
    "survey_responses": "responded_at",
}
ENDS = ("ended_at", "churned_at")
# what they tell is of the files, which a cut changes
OF_FILES = {"load_ledger", "quarantine", "export_status", "fct_export_health", "dim_settings"}
Marts = dict[str, Counter[tuple[Any, ...]]]


def warehouse(
    home: Path, name: str, *, as_of: datetime | None, threads: int, select: str = "*"
) -> Path:
    """Models of the home, built on some threads; homes side by side share what dbt parsed."""
    path = build(load_settings(home), as_of).path
    path = path.rename(path.with_name(f"{name}.duckdb"))
    build_models(path, *select.split(), threads=threads)
    return path


def marts(path: Path) -> Marts:
    """Rows of every public model, however often each is there."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as warehouse (read_only)")
        connection.execute("use warehouse")
        names = connection.execute(
            "select table_name from information_schema.tables"
            " where table_catalog = 'warehouse' and table_schema = 'marts'"
        ).fetchall()
        return {
            name: Counter(connection.execute(f'from marts."{name}"').fetchall())
            for (name,) in names
            if name not in OF_FILES
        }


def differences(one: Marts, other: Marts) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that only one of two has, some of each model."""
    assert one.keys() == other.keys()
    return {
        name: [*(one[name] - other[name]), *(other[name] - one[name])][:4]
        for name in one
        if one[name] != other[name]
    }


def cut(home: Path, target: Path, at: datetime) -> Path:
    """A copy of the home whose exports end at a moment: what became known later is gone."""
    shutil.copytree(home, target, ignore=shutil.ignore_patterns("exports", "var"))
    folder = home / "exports"
    for path in [entry for entry in sorted(folder.rglob("*")) if entry.is_file()]:
        inside = path.relative_to(folder)
        export = inside.parts[0].split(".")[0]
        copy = target / "exports" / inside
        copy.parent.mkdir(parents=True, exist_ok=True)
        event = EVENT_TIMES.get(export)
        if event is None:
            shutil.copyfile(path, copy)
        elif path.suffix == ".parquet":
            table = parquet.read_table(path)
            known_at = compute.coalesce(table["recorded_at"], table[event])
            until = compute.strptime(f"{at:%Y-%m-%d %H:%M:%S}", "%Y-%m-%d %H:%M:%S", "us")
            kept = compute.less_equal(known_at.cast("timestamp[us]"), until)
            parquet.write_table(table.filter(kept), copy)
        else:
            opened: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding="utf-8", newline="") as stream:
                reader = csv.DictReader(stream)
                header = list(reader.fieldnames or [])
                rows = [masked(row, at) for row in reader if is_known(row, event, at)]
            with opened(copy, "wt", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, header, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    return target


def is_known(row: Text, event: str, at: datetime) -> bool:
    try:
        return moment(row.get("recorded_at") or row[event]) <= at
    except ValueError:
        return True


def masked(row: Text, at: datetime) -> Text:
    """The row without an end that lies ahead: nobody had written it yet."""
    ahead = {name for name in ENDS if row.get(name) and moment(row[name]) > at}
    return {name: "" if name in ahead else value for name, value in row.items()}
