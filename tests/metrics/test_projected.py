"""Projected bills of the demo: priced by the second engine, grown as their own months grew."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.metrics.arithmetic import rounded
from tests.metrics.bills import Bills
from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.forecasts import growth as bill_growth
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


def grown(rated: Rated, line: Line, growth: Fraction) -> Fraction:
    """What a line costs where usage answers a price."""
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


def month_of(
    rated: Rated,
    base: list[tuple[str, list[Line]]],
    answers: dict[tuple[str, str], Decimal],
    who: str,
) -> Decimal:
    """A month of the base, where usage answers as is assumed."""
    answer = {"": Fraction(1)}
    for line in (line for _, lines in base for line in lines if line.charge_id):
        charge = rated.charge(line)
        answer[charge.charge_id] = 1 + Fraction(answers.get((who, charge.meter), 0))
    return projected(rated, base, answer)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_bills_are_those_of_the_second_engine_and_grow_by_the_chosen_model(
    rated: Rated, bills: Bills, company: Company, scenario: str, reported: Reported
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
    # which model, and how far its segment grows along it, is held against a second reader elsewhere
    models = {
        segment: (model, steps, curve)
        for segment, model, steps, curve in reported(
            "select shown.segment, shown.model, map(list(month_ahead), list(damped_steps)),"
            " map(list(month_ahead), list(logistic_steps))"
            " from intermediate.int_forecast_intervals as shown"
            " inner join intermediate.int_forecast_steps as steps"
            " on shown.segment = steps.segment and shown.origin_index = steps.origin_index"
            f" where shown.scenario_id = '{scenario}' and shown.horizon_months = 12"
            " and shown.origin_index = (select max(origin_index)"
            " from intermediate.int_forecast_intervals) group by all"
        )
    }
    sums = {
        segment: (recent, earlier)
        for segment, recent, earlier in reported(
            "select segment, sum(recent), sum(earlier) from intermediate.int_bill_trends"
            f" where scenario_id = '{scenario}' and growth_ratio is not null and origin_index ="
            " (select max(origin_index) from intermediate.int_forecast_intervals) group by all"
        )
    }
    segment_of: dict[str, str] = dict(
        reported("select account_id, segment from intermediate.int_accounts")
    )
    assert len(found) >= 40
    for account in {account for account, _ in found}:
        own = rated.under(account, scenario)
        closed = [month for month in sorted(own) if not bills.is_provisional(account, month)]
        base = [
            (
                own[month][0].plan_id,
                [line for line in own[month][1] if line.kind not in UNKEPT],
            )
            for month in closed[-3:]
        ]
        rate = company.rate(own[closed[-1]][0].currency, last)
        assert rate is not None
        amount = rounded(Fraction(month_of(rated, base, answers, account)) * rate, 4)
        billed = [
            sum(
                (line.amount for line in own[month][1] if line.kind != "grandfathering"),
                Decimal(0),
            )
            for month in closed[-6:]
        ]
        trend = (
            bill_growth(sum(billed[3:], Decimal(0)), sum(billed[:3], Decimal(0)))
            if len(billed) == 6
            else None
        )
        model, damped, curve = models[segment_of[account]]
        shared = bill_growth(*sums[segment_of[account]]) or Decimal(0)
        by_model = {
            "repeat": Decimal(0),
            "damped": trend or Decimal(0),
            "pooled": shared if trend is None else (trend + shared) / 2,
        }
        rise = by_model.get(model, by_model["pooled"])
        for ahead in AHEAD:
            steps = (curve if model == "logistic" else damped)[ahead]
            expected = Fraction(amount) * max(1 + Fraction(rise) * Fraction(steps), Fraction(0))
            near = max(CENT, abs(found[account, ahead]) / 100000)
            assert abs(Fraction(found[account, ahead]) - expected) <= near, (account, ahead)
