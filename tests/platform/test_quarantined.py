"""An account whose only usage rows are quarantined: not available until they are corrected."""

import csv
from pathlib import Path
from typing import Any

import pytest

from orchestration.platform.published import read_pointer
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.refresh import refresh
from orchestration.whatif.change import parse_changes
from orchestration.whatif.report import whole_result
from tests.ingest.homes import Built
from tests.platform.small_home import MONTHS, make_small_home, write_csv

pytestmark = pytest.mark.soak

MARCH = MONTHS[2]


def test_what_is_quarantined_is_not_available_and_comes_back_when_it_is_corrected(
    tmp_path: Path,
) -> None:
    settings = load_settings(make_small_home(tmp_path / "home"))
    write_csv(
        settings.exports / "cost_rates.csv",
        ["meter", "valid_from", "unit_cost"],
        [("resolutions", "2025-01-01", "0.50")],
    )
    # a proposal that asks for no usage
    for name, row in (
        ("plans", "seats,Seats,per_seat,USD,month,none,member"),
        ("charges", "seat_seats,seats,2025-01-01,Seats,seats,advance,member,per_unit,25.00"),
        ("scenarios", "seats,Seats,2026-01-01,seats"),
    ):
        with (settings.home / "reference" / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(f"{row}\n")
    path = settings.exports / "usage_events.csv"
    good = path.read_text(encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    # acme has one row in March, which no number counts; the other months have theirs
    rows = [row for row in rows if row[1] != "acme" or row[2][:7] != f"{MARCH:%Y-%m}"]
    bad = ["acme_march", "acme", f"{MARCH}T12:00:00Z", "resolutions", "many", "acme_u1", "human"]
    write_csv(path, header, [*rows, bad])

    broken = _published(settings)
    reported = {row[:2]: row[2:] for row in _bills(broken)}
    assert reported["outcome", MARCH] == (
        None,
        False,
        "usage_quarantined",
        "Its only usage row for resolutions in Mar 2026 is quarantined: fix it in "
        "usage_events.csv (see Data health).",
    )
    assert reported["current", MARCH][:2] == (390, True)
    assert reported["seats", MARCH][:2] == (250, True)
    assert {reported["outcome", month][:2] for month in MONTHS if month != MARCH} == {(350, True)}
    assert _one(
        broken,
        "select count(*) from marts.fct_shadow_bill_lines where account_id = 'acme' "
        f"and scenario_id = 'outcome' and month = date '{MARCH}'",
    ) == (0,)
    assert _march(broken, "fct_margins", "revenue, cost, margin, is_exposed, reason") == (
        390, None, None, None, "usage rows are quarantined",
    )  # fmt: skip
    assert _march(broken, "fct_seat_utilization", "billable_seats, utilization, reason") == (
        10, None, "usage rows are quarantined",
    )  # fmt: skip
    # a proposal is judged by the months that are known
    assert _one(
        broken,
        "select months, difference from marts.fct_migration_shock "
        "where account_id = 'acme' and scenario_id = 'outcome'",
    ) == (5, 5 * (350 - 390))

    _tries_prices(settings)

    path.write_text(good, encoding="utf-8")
    corrected = _published(settings)
    assert {row[2:] for row in _bills(corrected) if row[:2] == ("outcome", MARCH)} == {
        (350, True, None, None)
    }
    assert _march(corrected, "fct_margins", "cost, reason") == (70, None)


def _tries_prices(settings: Settings) -> None:
    """A what-if refuses a bill by what its prices ask for, not by what the published ones did."""
    work = "charge_name=Work, meter=resolutions, timing=arrears, pricing=per_unit, unit_amount=1"
    seats = "charge_name=Seats, meter=seats, timing=advance, pricing=per_unit, unit_amount=20"
    for changes, bills in (
        (["charges.work.unit_amount=3"], {"current": 390, "outcome": None, "seats": 250}),
        (
            ["remove charges.work", f"add charges.seat_outcome: plan_id=outcome, {seats}"],
            {"current": 390, "outcome": 200},
        ),
        (["remove charges.work"], {"current": 390, "outcome": 0}),
        ([f"add charges.work_seats: plan_id=seats, {work}"], {"outcome": None, "seats": None}),
    ):
        with whole_result(settings, parse_changes(changes)) as connection:
            reported = connection.execute(
                "select scenario_id, amount from whatif.fct_shadow_bills "
                "where account_id = 'acme' and month = ?",
                [MARCH],
            ).fetchall()
        assert {name: dict(reported)[name] for name in bills} == bills, changes


def _published(settings: Settings) -> Built:
    refresh(settings)
    pointer = read_pointer(settings)
    assert pointer is not None
    return Built(settings, pointer.path(settings))


def _bills(built: Built) -> list[tuple[Any, ...]]:
    return built.rows(
        "select scenario_id, month, amount, is_available, reason, sentence "
        "from marts.fct_shadow_bills where account_id = 'acme' and not is_provisional"
    )


def _march(built: Built, mart: str, columns: str) -> tuple[Any, ...]:
    return _one(
        built,
        f"select {columns} from marts.{mart} where account_id = 'acme' and month = date '{MARCH}'",
    )


def _one(built: Built, sql: str) -> tuple[Any, ...]:
    (row,) = built.rows(sql)
    return row
