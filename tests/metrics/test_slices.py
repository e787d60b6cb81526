"""Shocks, variance, MRR movements and churn of every slice against a plain reading."""

from decimal import Decimal

import pytest

from tests.metrics.arithmetic import ratio
from tests.metrics.bills import Bills
from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.revenue import Mrr
from tests.metrics.seats import Seats
from tests.metrics.slices import MOVEMENTS, Slices


@pytest.fixture(scope="module")
def slices(company: Company, mrr: Mrr, seats: Seats, bills: Bills) -> Slices:
    return Slices(company, mrr, seats, bills)


def test_the_shocks_of_every_slice_are_those_of_its_bills(
    slices: Slices, reported: Reported
) -> None:
    rows = reported(
        "select slice, slice_value, month, bills, baseline_bills, jumps, shocks, jump_rate,"
        " shock_rate, jump_rate_20, shock_rate_20, jump_rate_30, shock_rate_30, jump_rate_50,"
        " shock_rate_50 from marts.fct_bill_shock_slices where scenario_id = 'invoiced'"
    )
    expected = set()
    for key, shocks in slices.shocks().items():
        based = [row for row in shocks if row[0] is not None]
        counts = [sum(bool(row[place]) for row in based) for place in range(5, 13)]
        rates = (ratio(count, len(based)) for count in counts)
        expected.add((*key, len(shocks), len(based), *counts[:2], *rates))
    assert set(rows) == expected


def test_the_variance_of_every_slice_and_cohort_is_that_of_a_plain_reading(
    slices: Slices, reported: Reported
) -> None:
    rows = reported(
        "select slice, slice_value, month, bills, accounts_6, low_6, median_6, high_6,"
        " is_small_6, accounts_12, low_12, median_12, high_12, is_small_12"
        " from marts.fct_invoice_variance_summary where scenario_id = 'invoiced'"
    )
    assert set(rows) == {(*key, *row) for key, row in slices.variance().items()}


def test_the_movements_of_every_slice_are_those_of_its_accounts(
    slices: Slices, reported: Reported
) -> None:
    columns = ", ".join(f"{name}, {name}_accounts" for name in MOVEMENTS)
    rows = reported(
        f"select slice, slice_value, month, version, currency_effect, unrated_accounts, {columns}"
        " from marts.fct_slice_movements"
    )
    expected = {
        (*key, Decimal(0), 0, *(part for name in MOVEMENTS for part in amounts[name]))
        for key, amounts in slices.movements().items()
    }
    assert set(rows) == expected


def test_churn_before_and_after_a_move_is_that_of_a_plain_reading(
    slices: Slices, company: Company, reported: Reported
) -> None:
    rows = reported(
        "select segment, plan_size, phase, version, accounts, account_months, churned_accounts,"
        " mrr_opening, mrr_churned, mrr_contracted, logo_churn, revenue_churn,"
        " contraction_rate, is_small, reason from marts.fct_churn_before_after"
    )
    has_moved = any(slices.moved_month(account) for account in company.accounts)
    reasons = {
        "stayed": "no account on per_seat",
        "before": "no month of such an account" if has_moved else "no account has left per_seat",
    }
    known = slices.churn()
    expected = set()
    for segment in {row[0] for row in rows}:
        for size in ("all", "small", "medium", "large", "unknown"):
            for phase in ("before", "after", "stayed"):
                for version in ("subscription", "with_usage"):
                    key = (segment, size, phase, version)
                    why = reasons["stayed" if phase == "stayed" else "before"]
                    nothing = (0, 0, 0, *(Decimal(0),) * 3, None, None, None, True, why)
                    expected.add((*key, *known.get(key, nothing)))
    assert set(rows) == expected
    assert len(known) > 10
