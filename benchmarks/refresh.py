"""How fast a whole refresh takes usage rows in, beside a bare DuckDB scan of the same files.

Run it as `.venv/bin/python -m benchmarks.refresh --events 10000000`: it makes a company of that
size in a temporary home, scans and groups its usage files with DuckDB alone, refreshes the home in
a process of its own, and prints rows per second of both, their ratio and the refresh's peak memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from orchestration.generate.company import generate


@dataclass(frozen=True)
class Measurement:
    """One run; seconds of wall clock, memory in MiB."""

    usage_rows: int
    scan_seconds: float
    refresh_seconds: float
    refresh_peak_mib: int

    @property
    def ratio(self) -> float:
        """Seconds of the refresh for each second of the bare scan."""
        return self.refresh_seconds / self.scan_seconds


def bare_scan(home: Path) -> tuple[int, float]:
    """Rows of the usage files and the seconds DuckDB needs to scan and group them by day."""
    files = str(home / "exports" / "usage_events" / "*.parquet")
    started = time.perf_counter()
    with duckdb.connect() as connection:
        row = connection.execute(
            "select coalesce(sum(row_count), 0) from ("
            " select account_id, meter, cast(occurred_at as date) as day, sum(quantity),"
            " count(*) as row_count from read_parquet(?) group by all)",
            [files],
        ).fetchone()
    return int(row[0]) if row else 0, time.perf_counter() - started


def refresh(home: Path) -> tuple[float, int]:
    """Seconds and peak MiB of one refresh in a process of its own."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "refresh", "--home", str(home)],
        check=True,
        stdout=sys.stderr,
    )
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return seconds, peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(home: Path, *, accounts: int, months: int, events: int) -> Measurement:
    """Make the company, scan it, refresh it."""
    generate(home, accounts=accounts, months=months, events=events, seed=7, story="shift")
    rows, scan_seconds = bare_scan(home)
    refresh_seconds, peak = refresh(home)
    return Measurement(rows, scan_seconds, refresh_seconds, peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--events", type=int, default=10_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(
            Path(folder) / "home",
            accounts=arguments.accounts,
            months=arguments.months,
            events=arguments.events,
        )
    print(
        json.dumps(
            asdict(result)
            | {
                "scan_rows_per_second": round(result.usage_rows / result.scan_seconds),
                "refresh_rows_per_second": round(result.usage_rows / result.refresh_seconds),
                "refresh_to_scan": round(result.ratio, 1),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
