"""Whether seats follow the work, against a plain reading; and the scorecard agrees with it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest

from tests.metrics.arithmetic import rounded
from tests.metrics.conftest import Reported
from tests.metrics.exports import later

Months = dict[date, tuple[Fraction, Fraction]]


@pytest.fixture(scope="module")
def watched(reported: Reported) -> dict[tuple[str, str], Months]:
    """Seats and work of every month in which both are known, by account and segment."""
    found: dict[tuple[str, str], Months] = defaultdict(dict)
    for account, segment, month, seats, work in reported(
        """
        select seats.account_id, seats.segment, seats.month, seats.billable_seats,
            coalesce(sum(usage.quantity), 0)
        from marts.fct_seat_utilization as seats
        inner join intermediate.int_account_months as months using (account_id, month)
        left join marts.fct_usage_monthly as usage
            on seats.account_id = usage.account_id and seats.month = usage.month
            and usage.meter = (select value_meter from marts.dim_settings)
        where seats.billable_seats > 0 and months.is_complete
        group by all
        """
    ):
        found[account, segment][month] = Fraction(seats), Fraction(work)
    return found


def change(now: Fraction, before: Fraction) -> Decimal:
    return rounded((now - before) / (now + before), 6) if now + before else Decimal(0)


def explained(months: Months, last: date, length: int) -> Decimal | None:
    """Change of seats per change of work of one account; None where it is not compared."""
    window = [later(last, -place) for place in range(length)]
    if any(month not in months for month in window):
        return None
    halves = [
        [sum((months[month][which] for month in part), Fraction()) for which in (0, 1)]
        for part in (window[: length // 2], window[length // 2 :])
    ]
    (seats, work), (seats_before, work_before) = halves
    moved = change(work, work_before)
    return rounded(Fraction(change(seats, seats_before)) / Fraction(moved), 6) if moved else None


def at_rank(values: list[Decimal], share: Fraction) -> Decimal | None:
    return sorted(values)[ceil(share * len(values)) - 1] if values else None


@pytest.mark.parametrize("length", [6, 12])
def test_what_seats_explain_is_that_of_a_plain_reading(
    length: int, watched: dict[tuple[str, str], Months], reported: Reported
) -> None:
    rows = reported(
        "select segment, month, accounts, explained_median, explained_low, explained_high"
        f" from marts.fct_seat_value_fit where window_months = {length}"
    )
    assert any(row[2] > 20 for row in rows)
    wrong: list[Any] = []
    for segment, month, *found in rows:
        values = [
            value
            for (_, of), months in watched.items()
            if segment in ("all", of) and (value := explained(months, month, length)) is not None
        ]
        quartiles = [at_rank(values, Fraction(share, 4)) for share in (2, 1, 3)]
        if found != [len(values), *quartiles]:
            wrong.append((segment, month, found, quartiles))
    assert wrong == []


def test_the_scorecard_and_the_trigger_point_the_same_way(reported: Reported) -> None:
    """The demo's shift: where it happens no model's unit follows the work less than seats."""
    follows: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for segment, model, value in reported(
        "select segment, pricing_model, value from marts.fct_scorecard"
        " where measure = 'unit_follows_work' and segment <> 'all'"
    ):
        follows[segment][model] = value
    triggered: dict[str, bool] = dict(
        reported(
            "select segment, is_trigger from marts.fct_verdicts"
            " where month = (select max(month) from marts.fct_verdicts)"
        )
    )
    shifting = [segment for segment in follows if triggered[segment]]
    assert shifting == ["smb_ai"]
    for segment, by_model in follows.items():
        others = [value for model, value in by_model.items() if model != "per_seat"]
        if segment in shifting:
            assert by_model["per_seat"] < min(others)
        else:
            assert by_model["per_seat"] > Decimal("0.5")
