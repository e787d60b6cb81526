"""The solver's question on the command line: ranges and ratios as people write them."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from orchestration.platform.errors import RequestError
from orchestration.whatif.solve.solver import FreePrice, Question


def question(
    scenario: str,
    prices: Sequence[str],
    *,
    segment: str,
    revenue: str | None,
    shock: str | None,
    margin: str | None,
    above: str | None,
    gently: bool,
    with_currency_variants: bool,
) -> Question:
    """The question; raises RequestError if a text cannot be parsed."""
    rise, share = _above(above)
    return Question(
        scenario=scenario,
        prices=tuple(free_price(text) for text in prices),
        segment=segment,
        least_revenue=_optional("--revenue", revenue),
        most_shock=_optional("--shock", shock),
        least_margin=_optional("--margin", margin),
        above=rise,
        most_above=share,
        gently=gently,
        with_currency_variants=with_currency_variants,
    )


def free_price(text: str) -> FreePrice:
    """`charges.seat.unit_amount=20..35`."""
    target, sign, bounds = text.partition("=")
    low, dots, high = bounds.partition("..")
    if not sign or not dots:
        raise RequestError(
            f"{text!r} is not a range: write table.key.column=LOW..HIGH, "
            "such as charges.seat.unit_amount=20..35."
        )
    return FreePrice(target.strip(), _number(text, low), _number(text, high))


def ratio(option: str, text: str) -> Decimal:
    """A ratio: `5%` and `0.05` are the same."""
    if text.strip().endswith("%"):
        return _number(f"{option} {text}", text.strip()[:-1]) / 100
    return _number(f"{option} {text}", text)


def _optional(option: str, text: str | None) -> Decimal | None:
    return None if text is None else ratio(option, text)


def _above(text: str | None) -> tuple[Decimal, Decimal | None]:
    """An increase, and the share of accounts whose bills may rise by more."""
    if text is None:
        return Question.above, None
    rise, sign, share = text.partition(":")
    if not sign:
        raise RequestError(f"--above {text!r} is not a pair: write RISE:SHARE, such as 25%:10%.")
    return ratio("--above", rise), ratio("--above", share)


def _number(where: str, text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise RequestError(f"{where}: {text.strip()!r} is not a plain number.")
    return value
