"""What a quantity costs for a whole period (pricing.md, Charge models)."""

import math
from decimal import Decimal
from fractions import Fraction

from tests.rating.book import Charge, Tier


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


def tier_of(charge: Charge, billable: Decimal) -> Tier:
    """The tier that prices all units of a volume charge."""
    return charge.tiers[highest_tier(charge, billable) - 1]


def _tiered(charge: Charge, billable: Decimal) -> Fraction:
    if charge.pricing == "volume":
        tier = tier_of(charge, billable)
        return in_tier(tier, billable) + Fraction(tier.flat_amount or 0)
    return of_units(charge, billable) + flats(charge, billable)


def of_units(charge: Charge, billable: Decimal) -> Fraction:
    """Units of a graduated charge at their own tiers' prices."""
    total, above = Fraction(0), Decimal(0)
    for tier in charge.tiers[: highest_tier(charge, billable)]:
        upper = billable if tier.up_to is None else min(billable, tier.up_to)
        total += in_tier(tier, upper - above)
        above = upper
    return total


def in_tier(tier: Tier, units: Decimal) -> Fraction:
    """Units at a tier's price: each, or each block that they start."""
    sold = Fraction(units)
    if tier.block_size is not None:
        sold = Fraction(math.ceil(sold / Fraction(tier.block_size)))
    return sold * Fraction(tier.unit_amount or 0)


def flats(charge: Charge, billable: Decimal) -> Fraction:
    """The flat amounts of the tiers that the quantity reaches; zero reaches the first."""
    reached = charge.tiers[: highest_tier(charge, billable)]
    return sum((Fraction(tier.flat_amount or 0) for tier in reached), Fraction(0))
