"""A build as of a month's end gives the verdict that exports cut there give: no hindsight."""

import csv
import shutil
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.generate.company import generate
from orchestration.pipeline.backfill import find_verdicts
from orchestration.platform.moments import end_of_month
from orchestration.platform.published import rows
from orchestration.platform.reported import LATEST_VERDICTS
from orchestration.platform.settings import load_settings
from orchestration.platform.warehouse import open_warehouse
from tests.ingest.homes import load
from tests.metrics.builds import cut
from tests.shared import copy_demo

ZONE = "Europe/Berlin"
SMALL_MONTHS = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
DEMO_MONTHS = [
    date(year, month, 1)
    for year, months in ((2024, (9, 10, 11, 12)), (2025, range(1, 13)), (2026, range(1, 11)))
    for month in months
]

# rows of the reference files that begin after every month that is judged
LATER = {
    "thresholds.csv": [
        {"name": "small_cell_accounts", "valid_from": "2026-11-01", "fires_at": "99"},
        {"name": "accuracy_floor", "valid_from": "2026-11-01", "fires_at": "1"},
    ],
    "scenarios.csv": [
        {
            "scenario_id": "late",
            "scenario_name": "Late",
            "proposed_on": "2026-11-01",
            "plan_id": "hybrid_usd",
            "uptake": "all",
        }
    ],
    "discounts.csv": [
        {
            "discount_id": "late",
            "scope": "plan",
            "scope_id": "hybrid_usd",
            "valid_from": "2026-11-01",
            "ratio": "0.9",
        }
    ],
}
DEFAULTS = {"thresholds.csv": {"direction": "below", "unit": "accounts"}}


def with_later_rows(home: Path) -> None:
    for name, added in LATER.items():
        path = home / "reference" / name
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            header, old = list(reader.fieldnames or []), list(reader)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(old)
            writer.writerows(DEFAULTS.get(name, {}) | row for row in added)


def verdicts(home: Path, as_of: datetime) -> list[dict[str, Any]]:
    settings = load_settings(home)
    target = settings.builds / "backfill.duckdb"
    find_verdicts(settings, as_of, target)
    with open_warehouse(settings, target, read_only=True) as connection:
        return rows(connection, LATEST_VERDICTS)


def cut_verdicts(home: Path, folder: Path, as_of: datetime) -> list[dict[str, Any]]:
    target = cut(home, folder / f"cut_{as_of:%Y%m%d}", as_of)
    load(load_settings(target))
    return verdicts(target, as_of)


def named(stated: Iterable[dict[str, Any]]) -> dict[str, str]:
    return {row["segment"]: row["verdict"] for row in stated}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven months of sixteen accounts, with rules and a proposal that begin later still."""
    home = tmp_path_factory.mktemp("look_back") / "home"
    generate(home, accounts=16, months=7, events=6000, seed=11, story="shift")
    clean = home.with_name("clean")
    shutil.copytree(home, clean)
    with_later_rows(home)
    load(load_settings(home))
    return home


@pytest.mark.builds
@pytest.mark.parametrize("month", SMALL_MONTHS, ids=str)
def test_exports_and_rules_cut_at_a_month_give_the_verdict_that_a_look_back_finds(
    company: Path, month: date, tmp_path: Path
) -> None:
    as_of = end_of_month(month, ZONE)
    found = verdicts(company, as_of)
    assert {row["month"] for row in found} == {month}
    assert found == cut_verdicts(company.with_name("clean"), tmp_path, as_of)


@pytest.fixture(scope="module")
def demo_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo_look_back") / "home"
    copy_demo(home)
    load(load_settings(home))
    return home


@pytest.mark.soak
@pytest.mark.parametrize("month", DEMO_MONTHS, ids=str)
def test_the_demo_cut_at_a_month_gives_the_verdict_that_a_look_back_finds(
    demo_copy: Path, month: date, tmp_path: Path
) -> None:
    as_of = end_of_month(month, ZONE)
    found = verdicts(demo_copy, as_of)
    assert found == cut_verdicts(demo_copy, tmp_path, as_of)
    shifted = {date(2026, 8, 1): "pilot", date(2026, 9, 1): "migrate", date(2026, 10, 1): "not_yet"}
    assert {row["month"] for row in found} == {month}
    stated = named(found)
    assert stated.pop("smb_ai") in (
        shifted.get(month, stated.get("smb", "")),
        "hold_data",
        "not_yet",
    )
    assert not {"pilot", "migrate"} & set(stated.values())
