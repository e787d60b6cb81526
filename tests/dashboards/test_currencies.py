"""A currency narrows a page to its accounts, if figures are published by account.

Otherwise the page says so.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data import cohorts, economics, health, seats, shock, timing
from dashboards.data.facts import EVERYONE, currencies, sliced
from dashboards.data.tables import Table, rows
from dashboards.data.warehouse import Snapshot, current

OpenPage = Callable[..., AppTest]
MONTH = "2026-10"
IN_EUROS = {"a01", "a08"}
NARROWED = (
    *("seat_utilization", "shadow_billing", "bill_shock", "timing", "data_health"),
    *("cohorts", "economics"),
)
OF_ALL = ("triggers", "scenario_lab")


@pytest.fixture
def snapshot(homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["two_currencies"]))
    return current()


def waves(snapshot: Snapshot, currency: str) -> Table:
    return timing.accounts(
        snapshot, timing.Plan("hybrid", "renewal", "all", "2026-12", currency=currency)
    )


LISTS: dict[str, Callable[[Snapshot, str], Table]] = {
    "seats": lambda found, currency: seats.accounts(found, "all", MONTH, currency),
    "waves": waves,
    "at risk": lambda found, currency: shock.at_risk(found, "hybrid", "all", currency=currency),
    "jumps": lambda found, currency: shock.rises(found, "invoiced", "all", currency),
    "warnings": lambda found, currency: shock.warnings(found, "current", "all", currency),
    "margins": lambda found, currency: economics.accounts(found, "all", currency),
    "cell": lambda found, currency: cohorts.cell(
        found, "all", "subscription", "month", "2025-10", 3, currency
    ),
    "mrr": lambda found, currency: cohorts.mrr_by_account(
        found, "all", "subscription", [MONTH], currency
    ),
    "exceptions": lambda found, currency: timing.exceptions(found, "all", currency),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_accounts_fall_apart_into_those_of_each_currency(
    name: str, snapshot: Snapshot
) -> None:
    assert currencies(snapshot) == [EVERYONE, "EUR", "USD"]
    every, euros, dollars = (
        [row["account_id"] for row in rows(LISTS[name](snapshot, currency))]
        for currency in (EVERYONE, "EUR", "USD")
    )
    assert sorted(every) == sorted(euros + dollars)
    assert set(euros) == IN_EUROS & set(every)


def test_utilization_of_a_currency_is_that_of_its_accounts_seats(snapshot: Snapshot) -> None:
    own = [
        row
        for row in rows(seats.accounts(snapshot, "all", MONTH))
        if row["account_id"] in IN_EUROS and row["reason"] is None
    ]
    active = sum(row["active_seats"] for row in own)
    billable = sum(row["billable_seats"] for row in own)
    shown = rows(seats.utilization_by_month(snapshot, "all", currency="EUR"))[-1]
    assert (shown["month"], shown["numerator"], shown["denominator"]) == (MONTH, active, billable)
    assert float(shown["value"]) == pytest.approx(float(active / billable), abs=1e-6)
    assert shown["low"] is None
    everybody = rows(seats.utilization_by_segment(snapshot, MONTH, currency="EUR"))[-1]
    assert (everybody["segment"], everybody["value"]) == ("all", shown["value"])


def test_the_reconciliation_is_narrowed_by_the_currency_of_the_lines(snapshot: Snapshot) -> None:
    assert rows(health.reconciliation(snapshot, None, "USD")) == rows(
        health.reconciliation(snapshot, None)
    )
    assert not health.reconciliation(snapshot, None, "EUR").num_rows
    assert not health.differing_lines(snapshot, None, "EUR").num_rows


def test_a_segments_currency_is_a_slice_of_its_own() -> None:
    assert sliced() == {"slice": "all", "slice_value": "all"}
    assert sliced("smb") == {"slice": "segment", "slice_value": "smb"}
    assert sliced(currency="EUR") == {"slice": "currency", "slice_value": "EUR"}
    assert sliced("smb", "EUR") == {"slice": "segment_currency", "slice_value": "smb EUR"}


def test_movements_of_the_currencies_add_up_to_those_of_all(snapshot: Snapshot) -> None:
    every, euros, dollars = (
        rows(cohorts.movements(snapshot, "all", "subscription", currency))
        for currency in (EVERYONE, "EUR", "USD")
    )
    for together, one, other in zip(every, euros, dollars, strict=True):
        for name in ("previous_closing", "revaluation", "expansion", "closing", "closing_accounts"):
            assert together[name] == one[name] + other[name]
        # what leaves one currency enters another
        assert one["entering"] + one["leaving"] + other["entering"] + other["leaving"] == 0
    of_smb = rows(cohorts.movements(snapshot, "smb", "subscription", "EUR"))
    assert {row["closing_accounts"] for row in of_smb} == {1}


def test_figures_of_a_currency_are_those_of_its_accounts(snapshot: Snapshot) -> None:
    cost = sum(row["cost"] for row in rows(economics.accounts(snapshot, "all", "EUR")))
    latest = economics.latest(economics.history(snapshot, "all", "EUR"))
    assert latest["cost_to_serve"]["value"] == cost == 478
    beside = rows(economics.side_by_side(snapshot, "segment", currency="EUR"))
    assert [row["slice_value"] for row in beside] == ["smb", "smb_ai", "all"]
    assert sum(row["cost_to_serve"] for row in beside[:-1]) == beside[-1]["cost_to_serve"] == cost
    of_currencies = rows(economics.side_by_side(snapshot, "currency", "smb_ai"))
    assert [row["slice_value"] for row in of_currencies] == ["EUR", "USD", "all"]
    spent = rows(economics.meter_costs(snapshot, "all", "EUR"))
    every = rows(economics.meter_costs(snapshot, "all"))
    assert 6 * spent[-1]["quantity"] == every[-1]["quantity"]


def test_what_stands_side_by_side_is_said(open_page: OpenPage) -> None:
    page = open_page("economics", currency="USD")
    headings = [str(entry.value) for entry in page.markdown]
    assert "**Side by side**, segments billed in USD in Oct 2026" in headings


def test_shocks_of_a_currency_are_those_of_its_bills(snapshot: Snapshot) -> None:
    rate = shock.rate_of(snapshot, "invoiced", "all", "EUR")
    assert rate is not None
    assert (rate["shocks"], rate["baseline_bills"]) == (1, 2)
    listed = rows(shock.rises(snapshot, "invoiced", "all", "EUR"))
    by_month = rows(shock.rates(snapshot, "invoiced", "all", "EUR"))
    assert sum(row["jumps"] for row in by_month) == len(listed) == 1
    real = rows(shock.by_model(snapshot, "all", "USD"))[0]
    assert (real["scenario_id"], real["shocks"]) == ("invoiced", 0)


def test_the_last_days_of_a_month_are_shown_by_currency(snapshot: Snapshot) -> None:
    shown = rows(seats.utilization_by_segment(snapshot, MONTH, "7 days", "EUR"))
    assert [row["segment"] for row in shown] == ["smb", "smb_ai", "all"]
    assert rows(seats.utilization_by_month(snapshot, "smb", "7 days", "EUR"))[-1]["accounts"] == 1


@pytest.mark.parametrize("name", NARROWED)
def test_pages_with_figures_by_account_are_narrowed(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "two_currencies", currency="EUR")
    assert not page.exception
    assert page.selectbox(key="currency").value == "EUR"


@pytest.mark.parametrize("name", OF_ALL)
def test_the_others_say_that_they_are_of_all_currencies(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "two_currencies")
    box = page.selectbox(key="currency_all")
    assert (box.value, box.options) == ("All currencies", ["All currencies"])
    assert "USD" in str(box.help)


def test_the_decision_says_so_where_its_segment_is_chosen(open_page: OpenPage) -> None:
    box = open_page("decision", "two_currencies").selectbox(key="verdict")
    assert "all currencies together, in USD" in str(box.help)


def test_cash_of_one_currency_is_said_to_be_unknown(open_page: OpenPage) -> None:
    page = open_page("timing", "two_currencies", currency="EUR")
    assert "all currencies together" in " ".join(entry.value for entry in page.info)


def texts(page: AppTest) -> str:
    kinds = (page.subheader, page.markdown, page.caption, page.info)
    # without the escapes of Markdown
    return " ".join(str(one.value) for kind in kinds for one in kind).replace("\\", "")


def test_cohorts_are_those_of_the_accounts_billed_in_a_currency(open_page: OpenPage) -> None:
    page = open_page("cohorts", "two_currencies", currency="EUR", cohort="2025-10", age="3")
    shown = texts(page)
    assert "Billed in EUR: Over twelve months NRR is 103.0" in shown
    assert "MRR closed Oct 2026 at 760 USD" in shown
    accounts = next(one.value for one in page.dataframe if "mrr_start" in one.value.columns)
    assert list(accounts["account_id"]) == ["a01"]
    moved = next(one.value for one in page.dataframe if "amount" in one.value.columns)
    assert "From other currencies" in list(moved["movement"])


def test_a_segment_and_a_currency_narrow_together(open_page: OpenPage) -> None:
    page = open_page("cohorts", "two_currencies", currency="EUR", segment="smb")
    assert not page.exception
    assert "Billed in EUR: " in texts(page)
    assert "1 account (small)" in {one.delta for one in page.metric}


def test_a_segment_without_the_currency_says_so(open_page: OpenPage) -> None:
    for name, said in (
        ("cohorts", "No closed month of this segment, currency and period has recurring revenue"),
        ("economics", "No closed month of this segment and currency has figures"),
    ):
        page = open_page(name, "two_currencies", currency="EUR", segment="enterprise")
        assert not page.exception
        assert said in texts(page)


def test_what_no_currency_has_a_slice_of_is_said_in_its_place(open_page: OpenPage) -> None:
    page = open_page("economics", "two_currencies", currency="EUR", by="region")
    shown = texts(page)
    assert "Billed in EUR: Gross margin was" in shown
    for what in (
        "The margin of heavy users is published",
        "The cost of a resolution is published",
        "The margin under each proposal is published",
        "Regions are published",
    ):
        assert f"{what} for all currencies together, not for EUR." in shown
    cards = {one.label: (one.value, one.delta) for one in page.metric}
    assert cards["Cost per resolution"] == ("n/a", "for all currencies only")
    assert cards["Cost to serve"][0] == "478 USD"
    assert page.selectbox(key="costs_pick").options == ["As they were"]


def test_a_version_of_the_costs_gives_way_to_a_currency(open_page: OpenPage) -> None:
    page = open_page("economics", "two_currencies", costs="2026-03-01")
    assert "At the cost rates from" in texts(page)
    page.selectbox(key="currency").set_value("EUR").run()
    assert not page.exception
    assert "Billed in EUR: Gross margin was" in texts(page)


def test_bill_shock_names_the_currency_of_its_bills(open_page: OpenPage) -> None:
    shown = texts(open_page("bill_shock", "two_currencies", currency="EUR"))
    assert "1 of 2 real bills in EUR (50.0" in shown
    assert "in all currencies, a 20" in shown
    assert "Migration shock and reliefs are published for all currencies together" in shown


def test_a_choice_outlives_pages_that_do_not_have_it(open_page: OpenPage) -> None:
    page = open_page("shadow_billing", "two_currencies", currency="EUR", segment="smb")
    for name in ("triggers", "definitions", "timing"):
        page.switch_page(f"app_pages/{name}.py").run()
        assert not page.exception
    assert page.selectbox(key="currency").value == "EUR"
    assert page.selectbox(key="segment").value == "smb"
