"""How long everything after the usage aggregates takes, beside a bare DuckDB scan of the files.

Run it as `.venv/bin/python -m benchmarks.metrics`: it makes a company of 10,000 accounts and 24
months in a temporary home (little usage: its aggregates come before what is measured), loads it,
runs dbt on two threads, and prints the seconds in which any model ran, those of each group of
models and of the slowest (two may run side by side, so these can add up to more), and their ratios
to a scan and count of every export by DuckDB alone, and to a mere copy of the rows that those
models made.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.generate.company import generate
from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.present import as_of_default, present
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import load_settings
from orchestration.platform.versions import DBT_PROJECT

# what is made of usage events themselves; everything else comes after it
BEFORE = ("staging", "intermediate/usage")


def bare_scan(home: Path) -> float:
    """Seconds that DuckDB needs to read every export and count its rows by account."""
    started = time.perf_counter()
    with duckdb.connect() as connection:
        for folder in sorted((home / "exports").iterdir()):
            files = [folder] if folder.is_file() else sorted(folder.iterdir())
            for path in files:
                reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
                connection.execute(
                    f"select count(*) from {reader}('{path}') group by all"
                ).fetchall()
    return time.perf_counter() - started


def bare_copy(warehouse: Path, tables: list[tuple[str, str]]) -> float:
    """Seconds that DuckDB needs to write the same rows again into a file of its own."""
    copy = warehouse.with_name("copy.duckdb")
    started = time.perf_counter()
    with duckdb.connect(str(copy), config={"threads": 2}) as connection:
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        for schema, table in tables:
            connection.execute(f'create table "{table}" as from warehouse.{schema}."{table}"')
    copy.unlink()
    return time.perf_counter() - started


def build(home: Path, warehouse: Path) -> list[dict[str, Any]]:
    """Load the home and run every model; dbt's own record of each."""
    settings = load_settings(home)
    for name in EXPORTS:
        land_export(settings, name)
    resolve(settings)
    present(settings, warehouse, as_of_default(settings), "benchmark")
    subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "-q", "run", "--project-dir", str(DBT_PROJECT)),
            *("--profiles-dir", str(DBT_PROJECT), "--target-path", str(home / "target")),
            *("--log-path", str(home / "logs")),
        ],
        check=True,
        stdout=sys.stderr,
        env={**os.environ, "SEATSHIFT_WAREHOUSE": str(warehouse), "SEATSHIFT_THREADS": "2"},
    )
    results = json.loads((home / "target" / "run_results.json").read_text("utf-8"))["results"]
    nodes = json.loads((home / "target" / "manifest.json").read_text("utf-8"))["nodes"]
    return [
        {
            "model": nodes[result["unique_id"]]["name"],
            "schema": nodes[result["unique_id"]]["schema"],
            "is_table": nodes[result["unique_id"]]["config"]["materialized"] == "table",
            "group": "/".join(nodes[result["unique_id"]]["fqn"][1:-1]),
            "seconds": result["execution_time"],
            "ran": next(
                (step["started_at"], step["completed_at"])
                for step in result["timing"]
                if step["name"] == "execute"
            ),
        }
        for result in results
        if result["unique_id"] in nodes
    ]


def after_usage(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [model for model in models if not model["group"].startswith(BEFORE)]


def wall(models: list[dict[str, Any]]) -> float:
    """Seconds in which at least one of the models ran: dbt runs two side by side."""
    spent, until = 0.0, datetime.min.replace(tzinfo=UTC)
    for ran in sorted(model["ran"] for model in models):
        start, end = map(datetime.fromisoformat, ran)
        spent += max((end - max(start, until)).total_seconds(), 0)
        until = max(until, end)
    return spent


def report(
    models: list[dict[str, Any]], scan_seconds: float, copy_seconds: float
) -> dict[str, Any]:
    """Seconds after the usage aggregates, and of each group and the slowest models."""
    groups: dict[str, float] = defaultdict(float)
    for model in models:
        groups[model["group"]] += model["seconds"]
    after = after_usage(models)
    seconds = wall(after)
    slowest = sorted(after, key=lambda model: -model["seconds"])[:12]
    return {
        "scan_seconds": round(scan_seconds, 2),
        "seconds_after_usage": round(seconds, 1),
        "ratio_to_scan": round(seconds / scan_seconds, 1),
        "copy_seconds": round(copy_seconds, 1),
        "ratio_to_copy": round(seconds / copy_seconds, 1),
        "groups": {name: round(spent, 1) for name, spent in sorted(groups.items())},
        "slowest": {model["model"]: round(model["seconds"], 2) for model in slowest},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--events", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        generate(
            home,
            accounts=arguments.accounts,
            months=arguments.months,
            events=arguments.events,
            seed=7,
            story="shift",
        )
        scan_seconds = bare_scan(home)
        warehouse = load_settings(home).builds / "benchmark.duckdb"
        models = build(home, warehouse)
        made = [(one["schema"], one["model"]) for one in after_usage(models) if one["is_table"]]
        summary = report(models, scan_seconds, bare_copy(warehouse, made))
        print(json.dumps(summary, indent=2))


if __name__ == "__main__":
    main()
