"""Intervals: the weights are Poisson's, and an independent reader finds the same ends."""

import hashlib
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from math import ceil
from pathlib import Path

import duckdb

from orchestration.platform.versions import DBT_PROJECT

MACRO = DBT_PROJECT / "macros" / "decision" / "poisson_weight.sql"
DRAWS = 200
Row = tuple[str, Decimal, Decimal]


def bounds() -> list[int]:
    """The macro's upper bounds of weight 0, 1, 2 and so on, of 2^32."""
    return [int(found) for found in re.findall(r"< (\d+) then", MACRO.read_text("utf-8"))]


def weight(account: str, draw: int) -> int:
    """Weight of an account in a draw, from Python's own md5."""
    bits = int(hashlib.md5(f"{account}|{draw}".encode()).hexdigest()[:8], 16)
    return sum(bits >= bound for bound in bounds())


def rounded(value: Fraction) -> Decimal:
    """Six decimals, half away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def interval(rows: list[Row], rate: Callable[[Fraction, Fraction], Fraction]) -> list[Decimal]:
    """Twentieth-lowest and twentieth-highest rate of 200 draws over (account, part, whole)."""
    found = []
    for draw in range(1, DRAWS + 1):
        weights = [weight(account, draw) for account, _, _ in rows]
        part = sum((w * Fraction(row[1]) for w, row in zip(weights, rows, strict=True)), Fraction())
        whole = sum(
            (w * Fraction(row[2]) for w, row in zip(weights, rows, strict=True)), Fraction()
        )
        found.append(rounded(rate(part, whole)))
    place = ceil(DRAWS / 10)
    return [sorted(found)[place - 1], sorted(found)[-place]]


def test_the_weights_bounds_are_poissons_distribution() -> None:
    getcontext().prec = 40
    term = cumulative = 1 / Decimal(1).exp()
    expected = []
    for k in range(1, len(bounds()) + 1):
        expected.append(int(cumulative * 2**32))
        term /= k
        cumulative += term
    assert bounds() == expected


def test_every_account_and_draw_has_the_weight_that_python_finds(decided: Path) -> None:
    with duckdb.connect(str(decided), read_only=True) as connection:
        rows = connection.execute(
            "select account_id, draw, weight from intermediate.int_bootstrap_weights"
        ).fetchall()
    assert len(rows) == 75 * DRAWS
    assert [row for row in rows if weight(row[0], row[1]) != row[2]] == []


def test_the_interval_of_utilization_is_that_of_an_independent_reader(decided: Path) -> None:
    with duckdb.connect(str(decided), read_only=True) as connection:
        rows = connection.execute(
            "select account_id, active_seats, billable_seats from marts.fct_seat_utilization"
            " where segment = 'north' and month = date '2026-08-01'"
        ).fetchall()
        told = connection.execute(
            "select low, high from marts.fct_segment_metrics where segment = 'north'"
            " and metric = 'utilization' and month = date '2026-08-01'"
        ).fetchone()
    assert told is not None
    assert list(told) == interval(rows, lambda active, billable: active / billable)


def test_the_interval_of_the_revenue_change_is_that_of_an_independent_reader(
    decided: Path,
) -> None:
    with duckdb.connect(str(decided), read_only=True) as connection:
        rows = connection.execute(
            "select account_id, sum(amount), sum(current_amount) from marts.fct_shadow_bills"
            " where month > date '2025-08-01' group by account_id"
        ).fetchall()
        told = connection.execute(
            "select revenue_change_low, revenue_change_high from marts.fct_segment_scenarios"
            " where segment = 'all' and month = date '2026-08-01'"
        ).fetchone()
    assert told is not None
    assert list(told) == interval(rows, lambda proposed, current: proposed / current - 1)
