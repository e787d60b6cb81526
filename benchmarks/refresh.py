"""What a refresh costs, and what each kind of change costs after it, beside a bare scan.

    python -m benchmarks.refresh --accounts 1000 --months 24 --events 10000000

makes a company of that size in a temporary home, scans and groups its usage files with DuckDB
alone, and refreshes the home in a process of its own: first, with one more day of usage, with a
late row in an old month, a changed price, a changed threshold, and with nothing new. Printed are
seconds of processor and of the clock, their ratio to the bare scan and to the first refresh, and
peak memory. Ratios of processor seconds compare across machines; those of the clock do not if
other work runs beside it. `--json` prints the rows instead of the table.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.generate.company import generate
from orchestration.platform.warehouse import quoted


@dataclass(frozen=True)
class Measured:
    """One step; seconds, and the peak of the process in MiB."""

    step: str
    processor_seconds: float
    clock_seconds: float
    peak_mib: int


def bare_scan(home: Path) -> tuple[int, Measured]:
    """Rows of the usage files, and what DuckDB needs to scan and group them by day."""
    files = str(home / "exports" / "usage_events" / "*.parquet")
    before, started = os.times(), time.perf_counter()
    with duckdb.connect(config={"threads": 2}) as connection:
        row = connection.execute(
            "select coalesce(sum(row_count), 0) from ("
            " select account_id, meter, cast(occurred_at as date) as day, sum(quantity),"
            " count(*) as row_count from read_parquet(?) group by all)",
            [files],
        ).fetchone()
    after = os.times()
    used = after.user + after.system - before.user - before.system
    scanned = Measured("bare scan", used, time.perf_counter() - started, 0)
    return int(row[0]) if row else 0, scanned


def refresh(home: Path) -> tuple[float, int]:
    """Seconds and peak MiB of one refresh in a process of its own."""
    measured = measured_refresh("refresh", home)
    return measured.clock_seconds, measured.peak_mib


def measured_refresh(step: str, home: Path) -> Measured:
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "refresh", "--home", str(home)],
        stdout=sys.stderr,
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the refresh “{step}” ended with status {status}")
    return Measured(
        step,
        used.ru_utime + used.ru_stime,
        time.perf_counter() - started,
        used.ru_maxrss // (1024 * 1024 if sys.platform == "darwin" else 1024),
    )


def one_more_day(home: Path) -> None:
    """The rows of the latest day once more, a day later."""
    add_usage(
        home,
        "one_more_day",
        "select * replace (event_id || '-next' as event_id, "
        "occurred_at + interval 1 day as occurred_at, recorded_at + interval 1 day as recorded_at) "
        "from usage where cast(occurred_at as date) = "
        "(select max(cast(occurred_at as date)) from usage)",
    )


def late_row(home: Path) -> None:
    """One row of work half a year ago, recorded now."""
    add_usage(
        home,
        "late_row",
        "select * replace (event_id || '-late' as event_id, "
        "occurred_at - interval 180 day as occurred_at, "
        "recorded_at + interval 1 day as recorded_at) from usage order by event_id limit 1",
    )


def add_usage(home: Path, name: str, query: str) -> None:
    """A new file of usage with the rows of a query over the latest one, `usage`."""
    folder = home / "exports" / "usage_events"
    latest = max(folder.glob("usage_2*.parquet"))
    with duckdb.connect() as connection:
        connection.execute(
            f"create view usage as select * from read_parquet({quoted(str(latest))})"
        )
        target = quoted(str(folder / f"{name}.parquet"))
        connection.execute(f"copy ({query}) to {target} (format parquet)")


def changed_price(home: Path) -> None:
    """Another price of one charge of a proposal."""
    path = home / "reference" / "charges.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    place = rows[0].index("unit_amount")
    row = next(row for row in rows[1:] if row[place] and row[1].startswith("hybrid"))
    row[place] = str(Decimal(row[place]) + 1)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def changed_threshold(home: Path) -> None:
    with (home / "reference" / "thresholds.csv").open("a", encoding="utf-8") as file:
        file.write("limit_shock_share,,,0.06,,above,ratio\n")


def nothing_new(home: Path) -> None:
    """Leave the home as it is."""


STEPS: dict[str, Callable[[Path], None]] = {
    "first": nothing_new,
    "one more day": one_more_day,
    "late row": late_row,
    "changed price": changed_price,
    "changed threshold": changed_threshold,
    "nothing new": nothing_new,
}


def measure(home: Path, *, accounts: int, months: int, events: int) -> tuple[int, list[Measured]]:
    """Make the company, scan it, refresh it after each step; returns its usage rows."""
    generate(home, accounts=accounts, months=months, events=events, seed=7, story="shift")
    rows, scanned = bare_scan(home)
    found = [scanned]
    for step, change in STEPS.items():
        change(home)
        found.append(measured_refresh(step, home))
    return rows, found


def table(rows: int, found: list[Measured]) -> str:
    """A line for each step, as text."""
    scan, first = found[0], found[1]
    lines = [
        f"{rows:,} usage rows",
        f"{'':18}{'processor':>11}{'clock':>9}{'/ scan':>9}{'/ first':>9}{'peak':>10}",
    ]
    lines += [
        f"{one.step:18}{one.processor_seconds:>9.1f} s{one.clock_seconds:>7.1f} s"
        f"{one.processor_seconds / scan.processor_seconds:>9.1f}"
        f"{one.processor_seconds / first.processor_seconds:>9.0%}{one.peak_mib:>6} MiB"
        for one in found
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, found = measure(
            Path(folder) / "home",
            accounts=arguments.accounts,
            months=arguments.months,
            events=arguments.events,
        )
    if arguments.json:
        print(json.dumps({"usage_rows": rows, "steps": [asdict(one) for one in found]}, indent=2))
    else:
        print(table(rows, found))


if __name__ == "__main__":
    main()
