"""A currency narrows a page to its accounts, where figures are published by account; or is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data import health, seats, shock, timing
from dashboards.data.facts import EVERYONE, currencies
from dashboards.data.tables import Table, rows
from dashboards.data.warehouse import Snapshot, current

OpenPage = Callable[..., AppTest]
MONTH = "2026-10"
IN_EUROS = {"a01", "a08"}
NARROWED = ("seat_utilization", "shadow_billing", "bill_shock", "timing", "data_health")
OF_ALL = ("triggers", "cohorts", "scenario_lab", "economics")


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
    told = rows(seats.utilization_by_month(snapshot, "all", currency="EUR"))[-1]
    assert (told["month"], told["numerator"], told["denominator"]) == (MONTH, active, billable)
    assert float(told["value"]) == pytest.approx(float(active / billable), abs=1e-6)
    assert told["low"] is None
    everybody = rows(seats.utilization_by_segment(snapshot, MONTH, currency="EUR"))[-1]
    assert (everybody["segment"], everybody["value"]) == ("all", told["value"])


def test_the_reconciliation_is_narrowed_by_the_currency_of_the_lines(snapshot: Snapshot) -> None:
    assert rows(health.reconciliation(snapshot, None, "USD")) == rows(
        health.reconciliation(snapshot, None)
    )
    assert not health.reconciliation(snapshot, None, "EUR").num_rows
    assert not health.differing_lines(snapshot, None, "EUR").num_rows


@pytest.mark.parametrize("name", NARROWED)
def test_pages_with_figures_by_account_are_narrowed(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "two_currencies", currency="EUR")
    assert not page.exception
    assert page.selectbox(key="currency").value == "EUR"


@pytest.mark.parametrize("name", OF_ALL)
def test_the_others_say_that_they_are_of_all_currencies(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "two_currencies")
    box = page.selectbox(key="currency_all")
    assert (box.value, box.disabled) == ("All currencies", True)
    assert "USD" in str(box.help)


def test_the_decision_says_so_where_its_segment_is_chosen(open_page: OpenPage) -> None:
    box = open_page("decision", "two_currencies").selectbox(key="verdict")
    assert "all currencies together, in USD" in str(box.help)


def test_cash_of_one_currency_is_said_to_be_unknown(open_page: OpenPage) -> None:
    page = open_page("timing", "two_currencies", currency="EUR")
    assert "all currencies together" in " ".join(entry.value for entry in page.info)


def test_a_choice_outlives_pages_that_do_not_have_it(open_page: OpenPage) -> None:
    page = open_page("shadow_billing", "two_currencies", currency="EUR", segment="smb")
    for name in ("triggers", "definitions", "timing"):
        page.switch_page(f"app_pages/{name}.py").run()
        assert not page.exception
    assert page.selectbox(key="currency").value == "EUR"
    assert page.selectbox(key="segment").value == "smb"
