"""Bills, wallets, shocks, warnings and accuracy as a second engine rates a plain reading.

The rater takes its time: `make test` follows every twelfth account through all its months under
every proposal, `make soak` all accounts.
"""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.metrics.bills import Bill, Bills
from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.rated import CURRENT, Rated
from tests.metrics.test_bills import SHOCKS
from tests.rating.charges import Line

SCENARIOS = (CURRENT, "credits", "hybrid", "outcome", "platform_tokens", "prepaid_tokens")
OwnBills = dict[str, dict[date, tuple[Bill, list[Line]]]]
# a discount, one billed as invoiced, an offer of its own, and a negotiated price of a year
NAMED = ("acc-0044", "acc-0062", "acc-0156", "acc-0163")


@pytest.fixture(
    scope="module", params=["some", pytest.param("all", marks=pytest.mark.soak)], ids=str
)
def chosen(request: pytest.FixtureRequest, company: Company) -> list[str]:
    names = sorted(company.accounts)
    return names if request.param == "all" else sorted({*names[::12], *NAMED})


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def own_bills(rated: Rated, chosen: list[str], scenario: str) -> OwnBills:
    """Bills of the accounts under the scenario; those that it does not cover have none."""
    return {
        account: rated.today(account) if scenario == CURRENT else rated.under(account, scenario)
        for account in chosen
    }


def each(own_bills: OwnBills) -> Iterator[tuple[Bill, list[Line], list[Bill]]]:
    """Every bill with its lines and all bills of its account."""
    for of_account in own_bills.values():
        every = [bill for bill, _ in of_account.values()]
        for bill, lines in of_account.values():
            yield bill, lines, every


def among(chosen: list[str], scenario: str) -> str:
    names = ", ".join(f"'{account}'" for account in chosen)
    return f"where scenario_id = '{scenario}' and account_id in ({names})"


def test_the_proposals_are_those_of_the_demo(rated: Rated) -> None:
    assert [CURRENT, *rated.scenarios] == list(SCENARIOS)


def test_shadow_bills_and_how_they_vary_are_those_of_a_second_engine(
    bills: Bills, own_bills: OwnBills, chosen: list[str], scenario: str, reported: Reported
) -> None:
    found = reported(
        "select account_id, month, plan_id, currency, amount from marts.fct_shadow_bills"
        f" {among(chosen, scenario)} and is_available"
    )
    expected = {
        (bill.account_id, bill.month, bill.plan_id, bill.currency, bill.amount)
        for bill, _, _ in each(own_bills)
    }
    assert set(found) == expected
    found = reported(
        "select account_id, month, bill, bills_6, variation_6, bills_12, variation_12"
        f" from marts.fct_invoice_variance {among(chosen, scenario)}"
    )
    assert set(found) == {
        (
            *(bill.account_id, bill.month, bill.amount),
            *(*bills.variation(bill, 6, 3, every), *bills.variation(bill, 12, 6, every)),
        )
        for bill, _, every in each(own_bills)
    }


def test_shocks_under_each_model_are_those_of_a_second_engine(
    bills: Bills, own_bills: OwnBills, chosen: list[str], scenario: str, reported: Reported
) -> None:
    found = reported(
        f"select account_id, month, plan_id, currency, bill, {SHOCKS}, is_provisional"
        f" from marts.fct_bill_shock {among(chosen, scenario)}"
    )
    assert set(found) == {
        (
            *(bill.account_id, bill.month, bill.plan_id, bill.currency, bill.amount),
            *bills.shock(bill, every),
            bills.is_provisional(bill.account_id, bill.month),
        )
        for bill, _, every in each(own_bills)
    }


def test_warnings_of_the_running_month_are_those_of_a_second_engine(
    rated: Rated, own_bills: OwnBills, chosen: list[str], scenario: str, reported: Reported
) -> None:
    found = reported(
        "select account_id, month, bill, usage_amount, projected_bill, is_at_least, baseline,"
        " projected_increase_ratio, projected_increase_reporting, is_jump_expected,"
        f" is_shock_expected, reason from marts.fct_bill_warnings {among(chosen, scenario)}"
    )
    expected = {
        (bill.account_id, bill.month, *warning)
        for bill, lines, every in each(own_bills)
        if (warning := rated.warning(bill, lines, every)) is not None
    }
    assert set(found) == expected
    assert found or not any(own_bills.values())


@pytest.mark.parametrize("scenario", ["credits", "prepaid_tokens"], scope="module")
def test_wallets_are_those_of_a_second_engine(
    rated: Rated, chosen: list[str], scenario: str, reported: Reported
) -> None:
    found = reported(
        "select account_id, month, opening, granted, rolled_in, drawn, expired, closing, demand"
        f" from marts.fct_wallet {among(chosen, scenario)}"
    )
    assert set(found) == {
        (account, month, *row[:7])
        for account in chosen
        if (case := rated.case(account, scenario)) is not None
        for month, row in rated.wallet(case).items()
    }


def test_what_invoices_should_have_been_and_were_agrees_as_much_as_a_plain_reading_says(
    rated: Rated, company: Company, reported: Reported
) -> None:
    rows = reported(
        "select account_id, line_count, matched_line_count, matched_amount, compared_amount,"
        " accuracy, current_basis from marts.fct_account_accuracy"
    )
    assert set(rows) == {(account, *rated.accuracy(account)) for account in company.accounts}
