"""A company without any charge for seats: seat metrics say why, everything else stands."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.formatting import plain
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import load_settings
from orchestration.runs.refresh import refresh
from tests.builds import builds
from tests.dashboards.conftest import PAGES
from tests.ingest.homes import Built
from tests.platform.small_home import make_small_home

APP = Path(__file__).parents[2] / "dashboards" / "streamlit_app.py"
Row = dict[str, str]
SEATS = (
    "utilization",
    "utilization_28d",
    "utilization_7d",
    "billable_seats",
    "never_active_seats",
    "idle_30_seats",
    "surplus_seats",
    "revenue_per_seat",
)


@pytest.fixture(scope="module")
@builds
def flat(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The small home, on a plan of 390.00 a month; people still have seats."""
    home = make_small_home(tmp_path_factory.mktemp("flat") / "home")
    edit(home / "reference/plans.csv", _flat_plan)
    edit(home / "reference/charges.csv", _flat_charge)
    edit(home / "exports/invoice_lines.csv", _flat_line)
    settings = load_settings(home)
    refresh(settings)
    pointer = read_pointer(settings)
    assert pointer is not None
    return Built(settings, pointer.path(settings))


def edit(path: Path, change: Callable[[Row], Row]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [change(row) for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _flat_plan(row: Row) -> Row:
    return row | ({"family": "flat"} if row["plan_id"] == "team" else {})


def _flat_charge(row: Row) -> Row:
    if row["plan_id"] != "team":
        return row
    return row | {"meter": "flat", "pricing": "flat", "role": "", "unit_amount": "390.00"}


def _flat_line(row: Row) -> Row:
    return row | {"line_type": "flat", "quantity": "1", "unit_price": "390.00"}


def test_no_seat_is_billed_and_the_ledger_stands(flat: Built) -> None:
    assert flat.rows("select count(*) from marts.fct_seat_utilization") == [(0,)]
    assert flat.rows("select count(*) from marts.fct_seat_ledger") == [(20,)]


@pytest.mark.parametrize("metric", SEATS)
def test_a_metric_of_seats_is_not_available_and_never_zero(metric: str, flat: Built) -> None:
    assert flat.rows(
        f"select distinct value, reason from marts.fct_slice_metrics where metric = '{metric}'"
    ) == [(None, "no billable seats")]


def test_the_signal_of_idle_seats_says_why_it_cannot_fire(flat: Built) -> None:
    assert flat.rows(
        "select distinct is_available, is_firing, reason from marts.fct_signals "
        "where signal = 'seats_idle'"
    ) == [(False, False, "no billable seats")]


# by hand: two accounts, 390.00 each, every month invoiced and used from January to June
def test_revenue_and_bills_are_those_of_the_flat_fee(flat: Built) -> None:
    assert flat.rows(
        "select distinct value from marts.fct_segment_metrics "
        "where segment = 'all' and metric = 'mrr'"
    ) == [(780,)]
    assert flat.rows(
        "select distinct amount, current_basis from marts.fct_shadow_bills "
        "where scenario_id = 'current' and month < '2026-07-01'"
    ) == [(390, "rated")]
    # 28 days of 5 resolutions at 2.50
    assert flat.rows(
        "select distinct amount from marts.fct_shadow_bills "
        "where scenario_id = 'outcome' and month < '2026-07-01'"
    ) == [(350,)]


def test_its_revenue_is_covered_although_no_seat_is_billed(flat: Built) -> None:
    found = flat.rows(
        "select distinct coverage from marts.fct_segment_quality where month < '2026-07-01'"
    )
    assert found == [(1,)]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands(flat: Built, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _opened(flat, page, monkeypatch)
    assert not app.exception
    assert not app.error


def test_the_page_of_seats_says_that_none_is_billed(
    flat: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _opened(flat, "seat_utilization", monkeypatch)
    assert app.subheader[0].value == plain("Seat utilization is not available: no billable seats.")
    assert "plans without a charge for seats bill none" in app.info[0].value
    assert not app.metric, "no card shows a figure"


def _opened(flat: Built, page: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SEATSHIFT_HOME", str(flat.settings.home))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    if page != "decision":
        app.switch_page(f"app_pages/{page}.py").run()
    return app
