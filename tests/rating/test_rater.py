"""The rater itself, held to what pricing.md works out by hand."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.rating.bills import rate
from tests.rating.book import Case, Charge, Plan, SeatEvent, Setting, Subscription, Tier, UsageEvent
from tests.rating.charges import Line
from tests.rating.days import anchored, month_of, months_from
from tests.rating.money import parts, rounded
from tests.rating.prices import cost

SETTING = Setting("UTC", datetime.fromisoformat("2026-03-31 23:59:59"))
MARCH = datetime.fromisoformat("2026-03-01")
BOOK = date(2020, 1, 1)
SEATS = Charge("seats", "plan", BOOK, "seats", "per_unit", unit_amount=Decimal(39))


def account(*charges: Charge, plan: Plan | None = None, **rows: tuple[object, ...]) -> Case:
    case = Case(
        "a", "s", (plan or Plan("plan", "USD"),), charges, (Subscription("s", "plan", MARCH),)
    )
    return replace(case, **rows)  # type: ignore[arg-type]


def _lines(case: Case) -> list[Line]:
    return [line for bill in rate(case, SETTING).values() for line in bill]


def test_tiers_belong_to_their_upper_bound_and_a_fraction_above_enters_the_next() -> None:
    tiers = (Tier(Decimal(1000), Decimal("0.10"), None), Tier(None, Decimal("0.05"), Decimal(20)))
    graduated = Charge("c", "p", BOOK, "tokens", "graduated", tiers=tiers)
    assert cost(graduated, None, Decimal(0)) == 0
    assert cost(graduated, None, Decimal(1000)) == 100
    assert cost(graduated, None, Decimal("1000.5")) == Fraction("120.025")
    volume = replace(graduated, pricing="volume")
    assert cost(volume, None, Decimal(1000)) == 100
    assert cost(volume, None, Decimal(1001)) == Fraction("70.05")


def test_packages_are_sold_whole() -> None:
    package = Charge("c", "p", BOOK, "calls", "package", unit_amount=Decimal(7))
    package = replace(package, package_size=Decimal(500))
    found = [cost(package, None, Decimal(q)) for q in ("0", "0.000001", "500", "500.000001")]
    assert found == [0, 7, 7, 14]


@pytest.mark.parametrize(
    ("exact", "places", "expected"),
    [("2.5", 0, "3"), ("-2.5", 0, "-3"), ("0.0049999", 2, "0"), ("1.0005", 3, "1.001")],
)
def test_half_a_minor_unit_is_rounded_away_from_zero(
    exact: str, places: int, expected: str
) -> None:
    assert rounded(Fraction(exact), places) == Decimal(expected)


def test_parts_equal_the_whole() -> None:
    assert parts(Decimal("100.00"), [1] * 12, 2) == [Decimal("8.34")] * 4 + [Decimal("8.33")] * 8
    assert parts(Decimal("-39.00"), [16, 15], 2) == [Decimal("-20.13"), Decimal("-18.87")]


def test_anchors_fall_on_the_last_day_of_a_shorter_month_and_return() -> None:
    assert anchored(date(2024, 2, 1), 31) == date(2024, 2, 29)
    assert month_of(date(2025, 2, 27), 31) == date(2025, 1, 1)
    assert month_of(date(2025, 2, 28), 31) == date(2025, 2, 1)
    assert months_from(date(2025, 2, 1), 1, 31).end == date(2025, 3, 31)


def test_seats_of_a_day_are_billed_from_that_day_on() -> None:
    """10 members, two more on the 16th of 31 days: 390.00 + 2 × 39.00 × 16/31."""
    case = account(
        SEATS,
        plan=Plan("plan", "USD", proration="by_day"),
        seats=(
            SeatEvent("e1", "add", Decimal(10), MARCH),
            SeatEvent("e2", "add", Decimal(2), datetime.fromisoformat("2026-03-16 09:30:00")),
        ),
    )
    lines = _lines(case)
    assert [line.amount for line in lines] == [Decimal("390.00"), Decimal("40.26")]
    assert lines[1].event_id == "e2"


def test_tokens_are_included_per_seat() -> None:
    """80.00 a seat with 500,000 tokens each, then 0.02 per 1,000: 240.00 + 10.00."""
    tokens = Charge("t", "plan", BOOK, "tokens", "per_unit", unit_amount=Decimal("0.00002"))
    case = account(
        replace(SEATS, unit_amount=Decimal(80)),
        replace(tokens, included_quantity=Decimal(500000), included_per="seat"),
        seats=(SeatEvent("e", "add", Decimal(3), MARCH),),
        usage=(UsageEvent("w", MARCH, "tokens", Decimal(2000000)),),
    )
    assert [line.amount for line in _lines(case)] == [Decimal("240.00"), Decimal("10.00")]


def test_attempts_that_failed_cost_nothing() -> None:
    """5,000 attempts of which 3,000 succeed bill 3,000 at 1.50."""
    outcomes = Charge("o", "plan", BOOK, "resolutions", "per_unit", unit_amount=Decimal("1.50"))
    case = account(
        replace(outcomes, outcomes_only=True),
        usage=(
            UsageEvent("w1", MARCH, "resolutions", Decimal(3000), outcome_status="success"),
            UsageEvent("w2", MARCH, "resolutions", Decimal(2000), outcome_status="failed"),
        ),
    )
    assert [line.amount for line in _lines(case)] == [Decimal("4500.00")]
