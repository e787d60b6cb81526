"""Exact numbers: fractions until the one rounding, which is half away from zero."""

from decimal import Decimal
from fractions import Fraction

Number = Fraction | Decimal | int


def rounded(value: Number, places: int) -> Decimal:
    """The number at some places, half away from zero."""
    scaled = abs(Fraction(value)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = -1 if value < 0 else 1
    return Decimal(sign * whole).scaleb(-places)


def ratio(part: Number, whole: Number) -> Decimal | None:
    """part ÷ whole at six places; nothing where the whole is nothing."""
    return rounded(Fraction(part) / Fraction(whole), 6) if whole else None
