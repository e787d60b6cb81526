"""How fast usage rows land, beside DuckDB copying the same Parquet file; and what a day more costs.

Run it as `.venv/bin/python -m benchmarks.landing --rows 10000000`: it writes that many usage rows
of 24 months to one Parquet file in a temporary home, copies the file with DuckDB alone, lands and
settles it in a process of its own, then adds a file of one day and lands and settles that.
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

from orchestration.ingest.land import land_export
from orchestration.ingest.resolve import resolve
from orchestration.platform.settings import load_settings

DAYS = 730


@dataclass(frozen=True)
class Landing:
    """Seconds of wall clock and peak MiB of one landing in a process of its own."""

    land_seconds: float
    resolve_seconds: float
    peak_mib: int


@dataclass(frozen=True)
class Measurement:
    """One run; `share` is a day's rows as a part of all."""

    rows: int
    copy_seconds: float
    first: Landing
    day: Landing

    @property
    def summary(self) -> dict[str, object]:
        landed = self.first.land_seconds
        whole = landed + self.first.resolve_seconds
        day = self.day.land_seconds + self.day.resolve_seconds
        return asdict(self) | {
            "rows_per_second_landed": round(self.rows / landed),
            "landing_to_copy": round(landed / self.copy_seconds, 2),
            "day_to_first": round(day / whole, 4),
            "day_share_of_rows": round(1 / DAYS, 4),
        }


def write_usage(path: Path, *, rows: int, first_day: int, days: int) -> None:
    """Usage rows of a stretch of days, in order of time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    'e{first_day}_' || place as event_id,
                    'acc-' || (place % 1000) as account_id,
                    timestamp '2024-01-01'
                        + to_days({first_day})
                        + to_seconds(place * {days} * 86400 // {rows}) as occurred_at,
                    case place % 3 when 0 then 'tokens' else 'resolutions' end as meter,
                    cast(place % 7 + 0.5 as decimal(19, 6)) as quantity,
                    'user-' || (place * 7919 % 20000) as user_id,
                    case place % 2 when 0 then 'human' else 'automation' end as actor_type
                from range({rows}) as numbers (place)
            ) to '{path}' (format parquet)
            """
        )


def copy_alone(source: Path, target: Path) -> float:
    """Seconds in which DuckDB copies the file to another, with the threads that landing has."""
    started = time.perf_counter()
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"copy (from '{source}') to '{target}' (format parquet)")
    return time.perf_counter() - started


def land(home: Path) -> Landing:
    """Land and settle in a process of its own, so that its peak memory is its own too."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.landing", "--land", str(home)],
        check=True,
        capture_output=True,
        text=True,
    )
    return Landing(**json.loads(done.stdout))


def land_here(home: Path) -> Landing:
    settings = load_settings(home)
    started = time.perf_counter()
    land_export(settings, "usage_events")
    landed = time.perf_counter()
    resolve(settings, require_usable=False)
    settled = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Landing(
        land_seconds=round(landed - started, 2),
        resolve_seconds=round(settled - landed, 2),
        peak_mib=peak // (1024 * 1024 if sys.platform == "darwin" else 1024),
    )


def measure(home: Path, *, rows: int) -> Measurement:
    home.mkdir(parents=True)
    (home / "settings.toml").write_text("", encoding="utf-8")
    folder = home / "exports" / "usage_events"
    write_usage(folder / "all.parquet", rows=rows, first_day=0, days=DAYS)
    copy_seconds = copy_alone(folder / "all.parquet", home / "copy.parquet")
    first = land(home)
    write_usage(folder / "day.parquet", rows=rows // DAYS, first_day=DAYS, days=1)
    return Measurement(rows, round(copy_seconds, 2), first, land(home))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--land", type=Path, help="land this home and print what it took")
    arguments = parser.parse_args()
    if arguments.land is not None:
        print(json.dumps(asdict(land_here(arguments.land))))
        return
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder) / "home", rows=arguments.rows)
    print(json.dumps(result.summary, indent=2))


if __name__ == "__main__":
    main()
