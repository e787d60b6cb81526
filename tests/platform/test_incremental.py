"""A build that takes over what has not changed equals a whole one, after any changes."""

import csv
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.land import land_export
from orchestration.ingest.present import present
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.stored_statistics import STATISTICS, folder_of, store_statistics
from orchestration.pipeline import build, transform
from orchestration.pipeline.reuse import forget
from orchestration.pipeline.transform import refuse_failed
from orchestration.platform.published import read_pointer, write_pointer
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.warehouse import open_memory, open_warehouse, quoted
from orchestration.runs.refresh import refresh
from tests.dbt_runs import build_models
from tests.platform.small_home import make_small_home, write_csv

USAGE = [
    "event_id", "account_id", "occurred_at", "meter", "quantity", "actor_type", "user_id",
    "feature", "outcome_status", "reopened_at", "recorded_at",
]  # fmt: skip

pytestmark = pytest.mark.builds

# what names the build, and when and in which order it was made
CLOCKS = {"build_id", "landed_at", "reported_at"}


class Company:
    """A home that changes from refresh to refresh, by drawn changes of its exports."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        """A home in the folder is continued; otherwise it begins there."""
        self.home = folder / "home"
        if not self.home.exists():
            make_small_home(self.home)
        self.files = 0
        self.day = 1
        self.events: list[list[str]] = []
        self.removed: list[Path] = []

    @property
    def settings(self) -> Settings:
        return load_settings(self.home)

    def usage(self, rows: list[list[str]]) -> None:
        self.files += 1
        folder = self.home / "exports" / "usage_events"
        write_csv(folder / f"more_{self.files:03}.csv", USAGE, rows)

    def event(self, at: str, recorded_at: str, **other: str) -> list[str]:
        row = {
            "event_id": f"x{len(self.events)}_{self.files}",
            "account_id": self.rng.choice(("acme", "blue")),
            "occurred_at": at,
            "meter": "resolutions",
            "quantity": str(self.rng.randint(1, 9)),
            "actor_type": self.rng.choice(("human", "automation")),
            "user_id": self.rng.choice(("", "u1", "u2")),
            "feature": self.rng.choice(("", "inbox")),
            "outcome_status": "success",
            "reopened_at": "",
            "recorded_at": recorded_at,
        } | other
        values = [row[name] for name in USAGE]
        self.events.append(values)
        return values

    @property
    def now(self) -> str:
        return f"2026-07-{self.day:02}T12:00:00Z"

    def a_day(self) -> None:
        self.day += 1
        self.usage([self.event(self.now, self.now) for _ in range(5)])

    def a_late_row(self) -> None:
        month = self.rng.randint(1, 6)
        self.usage([self.event(f"2026-{month:02}-28T23:30:00Z", self.now)])

    def a_revision(self) -> None:
        """The same event with another quantity, perhaps in another month."""
        row = list(self.rng.choice(self.events or [self.event(self.now, self.now)]))
        row[USAGE.index("quantity")] = str(self.rng.randint(10, 20))
        row[USAGE.index("occurred_at")] = f"2026-{self.rng.randint(1, 6):02}-15T00:00:00Z"
        self.day += 1
        row[USAGE.index("recorded_at")] = self.now
        self.usage([row])

    def a_reopening(self) -> None:
        """Known already, or known only on a later day."""
        at = self.rng.choice(("2026-05-02", f"2026-07-{self.day + 1:02}"))
        self.usage([self.event("2026-03-01T10:00:00Z", self.now, reopened_at=f"{at}T13:00:00Z")])

    def a_duplicate(self) -> None:
        if self.events:
            self.usage([self.rng.choice(self.events)])

    def a_bad_row(self) -> None:
        self.usage([self.event(self.now, self.now, account_id="nobody")])

    def a_price(self) -> None:
        path = self.home / "reference" / "charges.csv"
        with path.open(newline="") as file:
            header, *rows = list(csv.reader(file))
        place = header.index("unit_amount")
        for row in rows:
            if row[place]:
                row[place] = str(self.rng.randint(5, 40))
        write_csv(path, header, rows)

    def a_time_zone(self) -> None:
        path = self.home / "settings.toml"
        text = path.read_text()
        zones = ("UTC", "Asia/Kathmandu", "America/New_York")
        other = self.rng.choice([zone for zone in zones if f'"{zone}"' not in text])
        old = next(zone for zone in zones if f'"{zone}"' in text)
        path.write_text(text.replace(old, other))

    def a_file_taken_away(self) -> None:
        """An export that no longer exists stays loaded; one whose record is gone does not."""
        ledger = sorted((self.home / "var" / "landing" / "usage_events").rglob("*.json"))
        if len(ledger) > 1:
            chosen = self.rng.choice(ledger)
            chosen.unlink()
            chosen.with_suffix(".copy").unlink(missing_ok=True)

    def a_damaged_statistic(self) -> None:
        files = sorted(folder_of(self.settings).glob("*.parquet"))
        if files:
            path = self.rng.choice(files)
            content = bytearray(path.read_bytes())
            content[self.rng.randrange(len(content))] ^= 1 << self.rng.randrange(8)
            path.write_bytes(content)

    def statistics_lost(self) -> None:
        shutil.rmtree(folder_of(self.settings), ignore_errors=True)

    def a_threshold(self) -> None:
        share = self.rng.randint(1, 30) / 100
        write_csv(
            self.home / "reference" / "thresholds.csv",
            ["name", "segment", "valid_from", "fires_at", "clears_at", "direction", "unit"],
            [["limit_shock_share", "", "", share, "", "above", "ratio"]],
        )

    def a_merged_account(self) -> None:
        """One account's rows of work become another's."""
        self.day += 1
        for row in self.events[-3:]:
            row[USAGE.index("account_id")] = "acme"
            row[USAGE.index("recorded_at")] = self.now
        self.usage(self.events[-3:])

    @property
    def changes(self) -> list[Callable[[], None]]:
        return [
            self.a_day, self.a_day, self.a_late_row, self.a_revision, self.a_reopening,
            self.a_duplicate, self.a_bad_row, self.a_price, self.a_threshold, self.a_time_zone,
            self.a_file_taken_away, self.a_merged_account, self.a_damaged_statistic,
            self.statistics_lost,
        ]  # fmt: skip


def next_build(settings: Settings, *, whole: bool = False) -> Path:
    """Build what is landed, and let the next build start from it, as after a publication."""
    for export in EXPORTS:
        land_export(settings, export)
    pointer = read_pointer(settings)
    assert pointer is not None
    candidate = build.start(settings, full_refresh=whole)
    if candidate is None:
        return build.build_path(settings, pointer.build_id)
    refuse_failed(settings, build.run_dbt(settings, candidate))
    write_pointer(settings, replace(pointer, build_id=candidate.build_id))
    return build.build_path(settings, candidate.build_id)


def differing(settings: Settings, other: Path) -> list[str]:
    """The public tables of the home's snapshot that differ from those of another snapshot."""
    pointer = read_pointer(settings)
    assert pointer is not None
    return differences(settings, pointer.path(settings), other)


def differences(settings: Settings, one: Path, two: Path) -> list[str]:
    """A row of each public table that only one of two files has."""
    found = []
    with open_memory(settings) as connection:
        for name, path in (("one", one), ("two", two)):
            connection.execute(f"attach {quoted(str(path))} as {name} (read_only)")
        tables = connection.execute(
            "select table_name, list(column_name) from duckdb_columns() "
            "where database_name = 'one' and schema_name = 'marts' group by table_name"
        ).fetchall()
        assert len(tables) > 50
        for table, columns in tables:
            chosen = ", ".join(f'"{column}"' for column in columns if column not in CLOCKS)
            for this, that in (("one", "two"), ("two", "one")):
                lacking = connection.execute(
                    f"select {chosen} from {this}.marts.{table} except all "
                    f"select {chosen} from {that}.marts.{table} limit 1"
                ).fetchall()
                found += [f"{table}: {this} alone has {row}" for row in lacking]
    return found


STATISTIC_MODELS = (
    "int_usage_daily",
    "int_user_activity",
    "int_user_usage_monthly",
    "int_outcome_reopenings",
    "int_feature_users",
)


def compute(settings: Settings) -> list[str]:
    """Build the statistics as a refresh does and store them; what differs from a full build."""
    for export in EXPORTS:
        land_export(settings, export)
    candidate = build.start(settings, full_refresh=True)
    assert candidate is not None
    with_stored = transform.building_path(settings)
    in_full = settings.builds / "in_full.duckdb"
    aside = settings.var / "aside"
    folder_of(settings).rename(aside)
    present(settings, in_full, candidate.as_of, candidate.build_id)
    shutil.rmtree(folder_of(settings))
    aside.rename(folder_of(settings))
    for path in (with_stored, in_full):
        build_models(path, *(f"+{model}" for model in STATISTIC_MODELS))
    found: list[str] = []
    with duckdb.connect() as connection:
        # views of a build name it `warehouse`, so each build is read under this name
        for name, path in (("stored", with_stored), ("full", in_full)):
            connection.execute(f"attach {quoted(str(path))} as warehouse (read_only)")
            for model in STATISTIC_MODELS:
                connection.execute(
                    f"create or replace table memory.{name}_{model} as "
                    f"from warehouse.intermediate.{model}"
                )
            connection.execute("detach warehouse")
        for model in STATISTIC_MODELS:
            for this, that in (("stored", "full"), ("full", "stored")):
                rows = connection.execute(
                    f"from {this}_{model} except all from {that}_{model} limit 1"
                ).fetchall()
                found += [f"{model}: {this} alone has {row}" for row in rows]
    in_full.unlink()
    kept = settings.builds / f"{candidate.build_id}.duckdb"
    with_stored.replace(kept)
    store_statistics(settings, kept)
    return found


@pytest.mark.parametrize(
    "seed", [*range(20), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(20, 200))]
)
def test_after_any_changes_a_build_is_a_whole_one(
    seed: int, small_copy: Settings, tmp_path: Path
) -> None:
    """One or two more builds, each after two to four changes, and then a whole one of the same."""
    company = Company(tmp_path, seed)
    assert company.home == small_copy.home
    made = []
    for _ in range(2 if seed % 4 == 0 else 1):
        for change in company.rng.choices(company.changes, k=company.rng.randint(2, 4)):
            made.append(change.__name__)
            change()
        last = next_build(company.settings)
    aside = tmp_path / "last.duckdb"
    last.rename(aside)
    shutil.rmtree(folder_of(company.settings), ignore_errors=True)
    whole = next_build(company.settings, whole=True)
    assert differences(company.settings, aside, whole) == [], (seed, made)


def test_a_day_computes_one_month_and_a_late_row_its_own(tmp_path: Path) -> None:
    company = Company(tmp_path, 1)
    compute(company.settings)
    assert _computed(company) == [f"2026-{month:02}-01" for month in range(1, 7)]
    company.a_day()
    compute(company.settings)
    assert _computed(company) == ["2026-07-01"]
    company.a_price()
    compute(company.settings)
    assert _computed(company) == []
    late = company.event("2026-02-10T08:00:00Z", company.now)
    company.usage([late])
    compute(company.settings)
    assert _computed(company) == ["2026-02-01"]
    # a revision moves it: the month that it leaves is computed, too, though no file of it is new
    company.day += 1
    moved = [*late]
    moved[USAGE.index("occurred_at")] = "2026-07-01T08:00:00Z"
    moved[USAGE.index("recorded_at")] = company.now
    company.usage([moved])
    compute(company.settings)
    assert _computed(company) == ["2026-02-01", "2026-07-01"]


def test_a_row_released_from_quarantine_computes_its_month(tmp_path: Path) -> None:
    """The row's own file is an old one; what is new is the account that it names."""
    company = Company(tmp_path, 1)
    company.usage([company.event("2026-02-10T08:00:00Z", company.now, account_id="late")])
    compute(company.settings)
    path = company.home / "exports" / "accounts.csv"
    header, first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([header, first, *rest, first.replace("acme", "late")]) + "\n")
    compute(company.settings)
    assert _computed(company) == ["2026-02-01"]


def test_a_reopening_computes_its_month_when_it_becomes_known(tmp_path: Path) -> None:
    """No file of the month is new; what is new is the as-of."""
    company = Company(tmp_path, 1)
    row = company.event("2026-03-01T10:00:00Z", company.now, reopened_at="2026-07-02T11:00:00Z")
    company.usage([row])
    compute(company.settings)
    company.a_day()
    assert compute(company.settings) == []
    assert _computed(company) == ["2026-03-01", "2026-07-01"]
    company.a_day()
    compute(company.settings)
    assert _computed(company) == ["2026-07-01"]


def test_what_no_build_refers_to_is_deleted(tmp_path: Path) -> None:
    company = Company(tmp_path, 1)
    compute(company.settings)
    for _ in range(4):
        company.a_day()
        compute(company.settings)
    stored = list(folder_of(company.settings).glob("*.parquet"))
    # six closed months, and the current one of each build that is left
    builds = len(list(company.settings.builds.glob("*.duckdb")))
    assert len(stored) == (6 + builds) * len(STATISTICS)


def test_columns_of_an_empty_statistic_are_those_of_its_model(tmp_path: Path) -> None:
    company = Company(tmp_path, 1)
    compute(company.settings)
    (path,) = company.settings.builds.glob("*.duckdb")
    with open_warehouse(company.settings, path, read_only=True) as connection:
        for name, statistic in STATISTICS.items():
            stored, computed = (
                [row[:2] for row in connection.execute(f"describe {relation}").fetchall()]
                for relation in (f"statistics.{name}", f"intermediate.{statistic.model}")
            )
            assert sorted(stored) == sorted(computed), name


def test_a_refresh_after_a_day_publishes_what_a_full_one_does(tmp_path: Path) -> None:
    company = Company(tmp_path, 3)
    refresh(company.settings)
    for change in (company.a_day, company.a_late_row, company.a_revision):
        change()
    refresh(company.settings)
    incremental = read_pointer(company.settings)
    assert incremental is not None
    shutil.rmtree(folder_of(company.settings))
    forget(build.build_path(company.settings, incremental.build_id))  # nor a snapshot's tables
    full = refresh(company.settings, full_refresh=True).pointer
    assert full.build_id == incremental.build_id
    assert differing(company.settings, incremental.path(company.settings)) == []


def _computed(company: Company) -> list[str]:
    """The months that the latest build computed."""
    builds = company.settings.builds.glob("*.duckdb")
    latest = max(builds, key=lambda path: path.stat().st_mtime_ns)
    with duckdb.connect(str(latest), read_only=True) as connection:
        rows = connection.execute(
            "select cast(month as varchar) from raw.usage_months where not is_stored order by month"
        ).fetchall()
    return [row[0] for row in rows]
