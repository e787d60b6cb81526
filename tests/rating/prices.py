"""What a quantity costs for a whole period (pricing.md, Charge models)."""

import math
from decimal import Decimal
from fractions import Fraction

from tests.rating.book import Charge


def cost(charge: Charge, agreed: Decimal | None, billable: Decimal) -> Fraction:
    """The exact price of the billable quantity; an agreed price stands for the charge's own."""
    unit = Fraction((charge.unit_amount if agreed is None else agreed) or 0)
    if charge.pricing == "flat":
        return unit
    if charge.pricing == "package":
        assert charge.package_size is not None
        return math.ceil(Fraction(billable) / Fraction(charge.package_size)) * unit
    if charge.pricing == "percentage":
        return Fraction(billable) * unit / 100
    if charge.pricing == "per_unit" or agreed is not None:
        return Fraction(billable) * unit
    return _tiered(charge, billable)


def highest_tier(charge: Charge, billable: Decimal) -> int:
    """The number of the tier that the quantity reaches; the first one holds zero."""
    for number, tier in enumerate(charge.tiers, start=1):
        if tier.up_to is None or billable <= tier.up_to:
            return number
    raise ValueError(f"{charge.charge_id} has no tier for {billable}")


def _tiered(charge: Charge, billable: Decimal) -> Fraction:
    reached = highest_tier(charge, billable)
    if charge.pricing == "volume":
        tier = charge.tiers[reached - 1]
        return Fraction(billable) * Fraction(tier.unit_amount or 0) + Fraction(
            tier.flat_amount or 0
        )
    total, above = Fraction(0), Decimal(0)
    for tier in charge.tiers[:reached]:
        upper = billable if tier.up_to is None else min(billable, tier.up_to)
        total += Fraction(upper - above) * Fraction(tier.unit_amount or 0)
        total += Fraction(tier.flat_amount or 0)
        above = upper
    return total
