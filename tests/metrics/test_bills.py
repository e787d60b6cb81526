"""Bill shock, invoice variance, margins, leakage and tickets against a plain reading."""

from collections import defaultdict
from datetime import date

from tests.metrics.arithmetic import ratio
from tests.metrics.bills import Bills, is_billing
from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.leakage import leakage

SHOCKS = (
    "baseline, increase_amount, increase_reporting, increase_ratio, explained_amount, is_jump,"
    " is_shock, is_jump_20, is_shock_20, is_jump_30, is_shock_30, is_jump_50, is_shock_50, reason"
)


def test_the_shock_of_every_invoiced_bill_is_that_of_a_plain_reading(
    bills: Bills, reported: Reported
) -> None:
    rows = reported(
        f"select account_id, month, plan_id, currency, bill, {SHOCKS}, is_provisional"
        " from marts.fct_bill_shock where scenario_id = 'invoiced'"
    )
    expected = {
        (
            *(bill.account_id, bill.month, bill.plan_id, bill.currency, bill.amount),
            *bills.shock(bill),
            bills.is_provisional(bill.account_id, bill.month),
        )
        for of_account in bills.bills.values()
        for bill in of_account
    }
    assert set(rows) == expected


def test_the_rates_of_shocks_count_bills_with_a_baseline_alone(
    company: Company, bills: Bills, reported: Reported
) -> None:
    rows = reported(
        "select segment, month, bills, baseline_bills, jumps, shocks, jump_rate, shock_rate,"
        " jump_rate_20, shock_rate_20, jump_rate_30, shock_rate_30, jump_rate_50, shock_rate_50"
        " from marts.fct_bill_shock_rates where scenario_id = 'invoiced'"
    )
    shocks: dict[tuple[str, date], list[tuple[object, ...]]] = defaultdict(list)
    for of_account in bills.bills.values():
        for bill in of_account:
            segment = company.accounts[bill.account_id]["segment"]
            for name in ("all", segment):
                shocks[name, bill.month].append(bills.shock(bill))
    expected = set()
    for key, of_key in shocks.items():
        based = [row for row in of_key if row[0] is not None]
        count = {place: sum(bool(row[place]) for row in based) for place in range(5, 13)}
        rate = {place: ratio(count[place], len(based)) for place in count}
        expected.add(
            (
                *(*key, len(of_key), len(based), count[5], count[6], rate[5], rate[6]),
                *(rate[place] for place in range(7, 13)),
            )
        )
    assert set(rows) == expected


def test_the_variance_of_every_account_s_bills_is_that_of_a_plain_reading(
    bills: Bills, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, bill, bills_6, variation_6, bills_12, variation_12"
        " from marts.fct_invoice_variance where scenario_id = 'invoiced'"
    )
    expected = {
        (
            *(bill.account_id, bill.month, bill.amount),
            *(*bills.variation(bill, 6, 3), *bills.variation(bill, 12, 6)),
        )
        for of_account in bills.bills.values()
        for bill in of_account
    }
    assert set(rows) == expected


def test_the_margin_of_every_account_and_month_is_that_of_a_plain_reading(
    company: Company, bills: Bills, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, revenue, cost, margin, margin_ratio, is_exposed,"
        " is_provisional from marts.fct_margins"
    )
    expected = {
        (*key, *bills.margin(*key), not company.is_over(key[1]))
        for key in {*bills.revenue, *bills.cost}
    }
    assert set(rows) == expected


def test_the_discount_leakage_of_every_month_is_that_of_a_plain_reading(
    company: Company, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, currency, list_amount, realized_amount, leakage_ratio,"
        " unapproved_amount, list_amount_reporting, realized_amount_reporting"
        " from marts.fct_discount_leakage"
    )
    expected = {(*key, *row) for key, row in leakage(company).items()}
    assert set(rows) == expected


def test_tickets_and_shock_tickets_are_those_of_a_plain_reading(
    company: Company, bills: Bills, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, ticket_count, billing_ticket_count, is_invoiced,"
        " has_shock_ticket from marts.fct_support_load"
        " where ticket_count > 0 or is_invoiced"
    )
    counts: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for ticket in company.tickets:
        month = company.day(ticket["created_at"]).replace(day=1)
        counts[ticket["account_id"], month][0] += 1
        counts[ticket["account_id"], month][1] += is_billing(ticket)
    asked = bills.shock_tickets()
    expected = {
        (*key, *counts.get(key, [0, 0]), key in asked, asked.get(key, False))
        for key in {*counts, *asked}
    }
    assert set(rows) == expected
