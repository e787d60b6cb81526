"""The money macros give the digits of exact arithmetic, on the quick way and on the wide one."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from jinja2 import Environment

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "money"
WIDE = Context(prec=120)
AMOUNTS = [
    Decimal(text)
    for text in (
        "0",
        "0.01",
        "-0.01",
        "0.005",
        "-0.005",
        "0.000001",
        "0.0000005",
        "0.000000000001",
        "-0.000000000001",
        "39",
        "-39",
        "421.20",
        "999999.999999",
        "-999999.999999",
        "1000000",
        "1000000.000001",
        "63720000",
        "12345678901.123456789012",
        "-98765432109.999999999999",
    )
]


def _macro(name: str) -> Callable[..., str]:
    """A macro as DuckDB sees it: dbt dispatches to `default__`, for DuckDB has none of its own."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(MACROS.glob("*.sql")))
    text = re.sub(r"adapter\.dispatch\('(\w+)'\)", r"default__\1", text)
    text = re.sub(r"\{\{ return\((.*)\) \}\}", r"{{ \1 }}", text)
    module = Environment().from_string(text).module
    rendered: Callable[..., str] = getattr(module, name)
    return rendered


def _answers(expression: str, types: list[str], rows: list[tuple[Any, ...]]) -> list[Any]:
    names = [f"c{place}" for place in range(len(types))]
    typed = ", ".join(
        f"cast(unnest(${place}::varchar[]) as {kind}) as {name}"
        for place, (name, kind) in enumerate(zip(names, types, strict=True), start=1)
    )
    columns = [
        [
            None if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
            for cell in cells
        ]
        for cells in zip(*rows, strict=True)
    ]
    with duckdb.connect() as connection:
        connection.execute(f"create table given as select {typed}", columns)
        found = connection.execute(f"select {expression} from given order by rowid").fetchall()
    return [row[0] for row in found]


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, WIDE)


def _random_amounts(seed: int) -> list[Decimal]:
    random = Random(seed)
    return [
        Decimal(random.randint(-(10**digits), 10**digits)).scaleb(-places)
        for digits in (3, 8, 12, 16, 20)
        for places in (0, 2, 4, 6, 9, 12)
        if digits - places < 14
        for _ in range(40)
    ]


def test_a_share_is_the_exact_quotient_rounded_to_twelve_places() -> None:
    shares = [(1, 3), (7, 31), (31, 31), (2_592_001, 2_678_400), (-1, 3), (5, 2), (0, 30), (1, -7)]
    # around where 64 bits are left: parts of 2 * 10^9, of 10^8, and nine times as large
    shares += [(1_999_999_999, 2_000_000_000), (-7, 2_000_000_000), (1, 2_000_000_001)]
    shares += [(899_999_999, 100_000_000), (900_000_001, 100_000_000), (100_000_002, 100_000_001)]
    amounts = [*AMOUNTS, *_random_amounts(1)]
    rows = [(amount, *share) for amount in amounts for share in shares]
    computed = _answers(
        _macro("exact_ratio")("c0", "c1", "c2"), ["decimal(38, 12)", "integer", "integer"], rows
    )
    assert computed == [
        _rounded(WIDE.divide(WIDE.multiply(amount, above), below), 12)
        for amount, above, below in ((row[0], Decimal(row[1]), Decimal(row[2])) for row in rows)
    ]


def test_a_share_of_nothing_or_by_zero_is_nothing() -> None:
    rows = [(Decimal(1), 1, 0), (Decimal(1), 0, 0), (None, 1, 2), (Decimal(1), None, 2)]
    computed = _answers(
        _macro("exact_ratio")("c0", "c1", "c2"), ["decimal(38, 12)", "integer", "integer"], rows
    )
    assert computed == [None, None, None, None]


@pytest.mark.parametrize("kind", ["decimal(38, 12)", "decimal(18, 4)"])
def test_money_is_rounded_half_away_from_zero(kind: str) -> None:
    places = {0: 0, 2: 2, 3: 3}
    amounts = [*AMOUNTS, *_random_amounts(2)]
    if kind == "decimal(18, 4)":
        amounts = [_rounded(amount, 4) for amount in amounts if abs(amount) < 10**13]
    amounts = [amount for amount in amounts if abs(amount) < 10**13]
    rows = [(amount, units) for amount in amounts for units in places]
    computed = _answers(_macro("round_money")("c0", "c1"), [kind, "integer"], rows)
    assert computed == [_rounded(amount, places[units]) for amount, units in rows]


def test_a_product_is_exact_to_twelve_places() -> None:
    random = Random(3)
    quantities = [Decimal(random.randint(-(10**13), 10**13)).scaleb(-6) for _ in range(200)]
    prices = [
        Decimal(text)
        for text in ("0", "39", "0.000001", "0.0000005", "0.000046154", "421.20", "-0.1")
    ]
    rows = [(quantity, price) for quantity in quantities for price in prices]
    computed = _answers(
        _macro("exact_product")("c0", "c1"), ["decimal(28, 6)", "decimal(18, 9)"], rows
    )
    assert computed == [_rounded(WIDE.multiply(quantity, price), 12) for quantity, price in rows]


def test_converted_money_is_rounded_once() -> None:
    amounts = [_rounded(amount, 4) for amount in AMOUNTS if abs(amount) < 10**9]
    rates = [Decimal(text) for text in ("1", "1.000000001", "0.006711409", "1.0834")]
    rows = [(amount, rate) for amount in amounts for rate in rates]
    computed = _answers(
        _macro("converted_money")("c0", "c1"), ["decimal(18, 4)", "decimal(18, 9)"], rows
    )
    assert computed == [_rounded(WIDE.multiply(amount, rate), 4) for amount, rate in rows]


def test_a_converted_amount_keeps_twelve_places() -> None:
    rates = [Decimal(text) for text in ("1", "1.000000001", "0.006711409", "1.0834", "149.25")]
    rows = [
        (amount, rate)
        for amount in [*AMOUNTS, *_random_amounts(4)]
        for rate in rates
        if abs(amount) < 10**12
    ]
    computed = _answers(
        _macro("converted")("c0", "c1"), ["decimal(38, 12)", "decimal(18, 9)"], rows
    )
    assert computed == [_rounded(WIDE.multiply(amount, rate), 12) for amount, rate in rows]
    nothing = [(None, Decimal(1)), (Decimal(1), None)]
    assert _answers(
        _macro("converted")("c0", "c1"), ["decimal(38, 12)", "decimal(18, 9)"], nothing
    ) == [None, None]


def test_seats_cost_their_price_to_twelve_places() -> None:
    seats = [Decimal(text) for text in ("0", "1", "12", "0.483871", "-3.5", "100000.000001")]
    rows = [
        (count, price)
        for count in seats
        for price in [*AMOUNTS, *_random_amounts(6)]
        if abs(price) < 10**12
    ]
    computed = _answers(
        _macro("seats_price")("c0", "c1"), ["decimal(19, 6)", "decimal(38, 12)"], rows
    )
    assert computed == [_rounded(WIDE.multiply(count, price), 12) for count, price in rows]


def test_a_ratio_is_rounded_to_six_places() -> None:
    amounts = [_rounded(amount, 4) for amount in AMOUNTS if abs(amount) < 10**11]
    wide = [Decimal("0.000001"), Decimal("1.234567"), Decimal("123456789.5")]
    # seconds: seats held for a month, and one more than the quick way takes
    whole = [Decimal(text) for text in ("2678400", "-991008000", "999999999999", "1000000000001")]
    parts = [*amounts, *wide, *whole]
    rows = [
        (above, below)
        for above in parts
        for below in parts
        if not below or abs(above / below) < 10**11
    ]
    computed = _answers(_macro("ratio")("c0", "c1"), ["decimal(28, 6)", "decimal(28, 6)"], rows)
    assert computed == [
        _rounded(WIDE.divide(above, below), 6) if below else None for above, below in rows
    ]


def test_a_rounded_product_has_six_places_whatever_its_size() -> None:
    rows = [
        (_rounded(amount, 6), factor)
        for amount in [*AMOUNTS, *_random_amounts(3)]
        for factor in map(Decimal, ("0", "1", "-0.5", "1.083333", "0.0000005", "24.999999", "812"))
        if abs(amount * factor) < 10**20
    ]
    rows = [(amount, _rounded(factor, 6)) for amount, factor in rows]
    computed = _answers(
        _macro("rounded_product")("c0", "c1"), ["decimal(28, 6)", "decimal(18, 6)"], rows
    )
    assert computed == [_rounded(amount * factor, 6) for amount, factor in rows]


def test_a_rounded_amount_has_four_places() -> None:
    rows = [(amount,) for amount in [*AMOUNTS, *_random_amounts(5)] if abs(amount) < 10**13]
    computed = _answers(_macro("rounded_amount")("c0"), ["decimal(38, 12)"], rows)
    assert computed == [_rounded(amount, 4) for (amount,) in rows]


def test_rounded_units_have_six_places() -> None:
    rows = [(amount,) for amount in [*AMOUNTS, *_random_amounts(8)] if abs(amount) < 10**13]
    computed = _answers(_macro("rounded_units")("c0"), ["decimal(38, 12)"], rows)
    assert computed == [_rounded(amount, 6) for (amount,) in rows]


def test_money_in_whole_minor_units_is_all_of_it() -> None:
    places = {0: 0, 2: 2, 3: 3, 4: 4}
    rows = [
        (_rounded(amount, places[units]), units)
        for amount in [*AMOUNTS, *_random_amounts(9)]
        for units in places
        if abs(amount) < 10**13
    ]
    computed = _answers(_macro("whole_units")("c0", "c1"), ["decimal(18, 4)", "integer"], rows)
    assert computed == [amount.scaleb(places[units]) for amount, units in rows]


def test_the_most_of_a_capped_bill_is_rounded_to_its_minor_units() -> None:
    places = {0: 0, 2: 2, 3: 3}
    ratios = [Decimal(text) for text in ("0", "0.25", "0.1", "0.333333333", "0.000001", "9.5")]
    rows = [
        (_rounded(amount, 4), ratio, units)
        for amount in [*AMOUNTS, *_random_amounts(10)]
        for ratio in ratios
        for units in places
        if abs(amount) < 10**12
    ]
    computed = _answers(
        _macro("most_amount")("c0", "c1", "c2"),
        ["decimal(18, 4)", "decimal(18, 9)", "integer"],
        rows,
    )
    assert computed == [
        _rounded(WIDE.multiply(max(amount, Decimal(0)), 1 + ratio), places[units])
        for amount, ratio, units in rows
    ]


def test_equal_parts_are_rounded_to_four_places() -> None:
    rows = [
        (_rounded(amount, 4), parts)
        for amount in [*AMOUNTS, *_random_amounts(7)]
        for parts in (1, 2, 3, 7, 12)
        if abs(amount) < 10**13
    ]
    computed = _answers(_macro("equal_part")("c0", "c1"), ["decimal(18, 4)", "integer"], rows)
    assert computed == [_rounded(amount / parts, 4) for amount, parts in rows]
