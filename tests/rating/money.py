"""Exact amounts, rounded once a line, and split so that the parts equal the whole."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

MINOR_UNITS = {"JPY": 0, "USD": 2, "EUR": 2, "KWD": 3}
PLACES_OF_A_QUANTITY = 6


def rounded(exact: Fraction, places: int) -> Decimal:
    """Half away from zero."""
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def parts(amount: Decimal, weights: Sequence[int], places: int) -> list[Decimal]:
    """Largest remainder: whole minor units by weight, those left to the largest remainders."""
    units, total = int(abs(amount).scaleb(places)), sum(weights)
    shares = [divmod(units * weight, total) for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    extra = set(order[: units - sum(share for share, _ in shares)])
    whole = [share + (i in extra) for i, (share, _) in enumerate(shares)]
    return [Decimal(n if amount >= 0 else -n).scaleb(-places) for n in whole]
