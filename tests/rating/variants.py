"""The same account exported differently, which changes no bill, or with more work."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tests.rating.book import Case, Charge, UsageEvent
from tests.rating.prices import in_tier


def split(case: Case) -> Case:
    """Every piece of work exported as three events.

    A millionth is the smallest quantity there is.
    """
    return replace(case, usage=tuple(part for event in case.usage for part in _parts(event)))


def _parts(event: UsageEvent) -> list[UsageEvent]:
    first = (event.quantity / 3).quantize(Decimal("0.000001"))
    quantities = [first, event.quantity - first, Decimal(0)]
    return [
        replace(event, event_id=f"{event.event_id}.{number}", quantity=quantity)
        for number, quantity in enumerate(quantities, start=1)
    ]


def reordered(case: Case) -> Case:
    """The rows of every export in another order."""
    return replace(case, seats=case.seats[::-1], usage=case.usage[::-1])


def more(case: Case) -> Case:
    """More of all work that was done."""
    raised = (replace(e, quantity=e.quantity * 2 + Decimal("0.5")) for e in case.usage)
    return replace(case, usage=tuple(raised))


VARIANTS: dict[str, Callable[[Case], Case]] = {"split": split, "reordered": reordered, "more": more}


def counts_sums(case: Case) -> bool:
    return all(charge.aggregation == "sum" for charge in case.charges)


def is_monotone(case: Case) -> bool:
    """Whether more work costs no less, every month.

    A volume price may fall at a bound; where prices change, work before the change uses up what
    the later ones include; outcomes reopened late are credited elsewhere.
    """
    versions = Counter(charge.charge_id for charge in case.charges)
    return (
        max(versions.values()) == 1
        and not case.prices
        and not any(event.reopened_at for event in case.usage)
        and all(_rises(charge) for charge in case.charges if charge.pricing == "volume")
    )


def _rises(charge: Charge) -> bool:
    for tier, following in zip(charge.tiers, charge.tiers[1:], strict=False):
        at_bound = [
            in_tier(t, tier.up_to or Decimal(0)) + Fraction(t.flat_amount or 0)
            for t in (tier, following)
        ]
        if at_bound[1] < at_bound[0]:
            return False
    return True
