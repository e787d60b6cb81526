"""Projected bills of the demo as the second engine prices their grown quantities."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.metrics.arithmetic import rounded
from tests.metrics.bills import Bills
from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.rated import Rated
from tests.rating.charges import Line
from tests.rating.prices import cost

# prices in proportion, in tiers and packages, beyond an allowance, with a minimum and a cap
SCENARIOS = ("hybrid", "outcome", "platform_tokens")
AHEAD = (0, 1, 6, 24)
INTERVALS = {"month": 1, "quarter": 3, "year": 12}
# a cap on the rise ends; minimum and maximum are applied again
UNKEPT = ("grandfathering", "minimum", "cap")
CENT = Decimal("0.01")
Growth = dict[tuple[str, str, str], Decimal]


@pytest.fixture(scope="module")
def trends(reported: Reported) -> Growth:
    rows = reported(
        "select account_id, meter, actor_type, growth_ratio"
        " from intermediate.int_projection_trends where growth_ratio is not null"
    )
    return {(account, meter, actor): growth for account, meter, actor, growth in rows}


def factor(growth: Decimal | None, ahead: int) -> Fraction:
    """1 + growth x so many steps: one first, then each a 24th less than the one before."""
    if growth is None:
        return Fraction(1)
    steps = rounded(1 + ahead - Fraction(ahead * (ahead + 1), 48), 6)
    return max(1 + Fraction(rounded(growth * steps, 6)), Fraction(0))


def grown(rated: Rated, line: Line, growth: Fraction) -> Fraction:
    """What a line costs once its quantity has grown."""
    amount = Fraction(line.amount)
    if line.kind in ("seat", "proration", "credit"):
        return amount * growth
    if line.kind != "usage":
        return amount
    charge = rated.charge(line)
    assert line.quantity is not None
    assert line.billable is not None
    further = Fraction(line.quantity) * growth - Fraction(charge.included_quantity or 0)
    billable = rounded(max(further, Fraction(0)), 6)
    return amount + cost(charge, None, billable) - cost(charge, None, line.billable)


def projected(
    rated: Rated, base: list[tuple[str, list[Line]]], growth: dict[str, Fraction]
) -> Decimal:
    """The mean of the base months, with the discounts' share of them and the plan's bounds."""
    lines = [line for _, of_month in base for line in of_month]
    off = sum((line.amount for line in lines if line.kind == "discount"), Decimal(0))
    full = sum((line.amount for line in lines if line.kind != "discount"), Decimal(0))
    share = rounded(Fraction(off) / Fraction(full), 6) if full > 0 else Decimal(0)
    total = Fraction(0)
    for plan_id, of_month in base:
        plan = rated.plans[plan_id]
        months = INTERVALS[plan.billing_interval]
        gross = sum(
            (
                grown(rated, line, growth[line.charge_id or ""])
                for line in of_month
                if line.kind != "discount"
            ),
            Fraction(0),
        )
        net = gross * (1 + Fraction(share))
        if plan.minimum_amount is not None:
            net = max(net, Fraction(plan.minimum_amount) / months)
        if plan.maximum_amount is not None:
            net = min(net, Fraction(plan.maximum_amount) / months)
        total += net
    return rounded(total / len(base), 4)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_grown_quantities_cost_what_a_second_engine_says(
    rated: Rated, bills: Bills, company: Company, trends: Growth, scenario: str, reported: Reported
) -> None:
    chosen = sorted(company.accounts)[::12]
    names = ", ".join(f"'{account}'" for account in chosen)
    found = {
        (account, ahead): amount
        for account, ahead, amount in reported(
            "select account_id, month_ahead, amount from intermediate.int_projection_bills"
            f" where scenario_id = '{scenario}' and assumption_case = 'low'"
            f" and month_ahead in {AHEAD} and account_id in ({names})"
        )
    }
    answers = {
        (account, meter): change
        for account, meter, change in reported(
            "select account_id, meter, usage_change_ratio from intermediate.int_usage_responses"
            f" where scenario_id = '{scenario}' and assumption_case = 'low'"
        )
    }
    last = max(month for month in company.months if company.is_over(month))
    assert len(found) >= 40
    for account in {account for account, _ in found}:
        own = rated.under(account, scenario)
        closed = [month for month in sorted(own) if not bills.is_provisional(account, month)][-3:]
        base = [
            (
                own[month][0].plan_id,
                [line for line in own[month][1] if line.kind not in UNKEPT],
            )
            for month in closed
        ]
        rate = company.rate(own[closed[-1]][0].currency, last)
        assert rate is not None
        for ahead in AHEAD:
            growth = {"": Fraction(1)}
            for line in (line for _, lines in base for line in lines if line.charge_id):
                charge = rated.charge(line)
                key = (account, charge.meter, charge.actor_type or "all")
                answer = 1 + Fraction(answers.get((account, charge.meter), 0))
                more = factor(trends.get(key), ahead) * answer
                growth[charge.charge_id] = Fraction(rounded(more, 6))
            expected = rounded(Fraction(projected(rated, base, growth)) * rate, 4)
            assert abs(found[account, ahead] - expected) <= CENT, (account, ahead)
