"""Rolling origins, chosen models and conformal intervals, as a second reader of bills has them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from tests.metrics.arithmetic import rounded

HORIZONS = (1, 3, 6, 12)
ORDER = ("damped", "pooled", "logistic", "repeat")
FAR = Decimal("9.999999")

# of an account: the amount of each month's bill, by the month's place in history
Bills = Mapping[str, Mapping[int, Decimal]]
# projected and billed, by the month projected from, the horizon and the model
Compared = dict[tuple[int, int, str], tuple[Decimal, Decimal]]


def growth(recent: Decimal, earlier: Decimal | None) -> Decimal | None:
    """The change of a month as a share of the last three months' mean, bounded."""
    if earlier is None or recent <= 0:
        return None
    share = rounded(Fraction(recent - earlier) / (3 * Fraction(recent)), 6)
    return min(max(share, Decimal("-0.08")), Decimal("0.333333"))


def steps(ahead: int) -> Fraction:
    """Months of growth in one month ahead, along the trend that fades."""
    return Fraction(rounded(1 + ahead - Fraction(ahead * (ahead + 1), 48), 6))


def compared(bills: Bills, lags: Mapping[str, int], last: int) -> Compared:
    """The models without a curve, for one segment and scenario."""
    found: Compared = {}
    for origin in range(6, last):
        trends = {}
        for account, own in bills.items():
            end = origin - lags[account]
            if all(end - back in own for back in range(3)):
                recent = sum((own[end - back] for back in range(3)), Decimal(0))
                has_six = all(end - back in own for back in range(3, 6))
                earlier = sum((own.get(end - back, Decimal(0)) for back in range(3, 6)), Decimal(0))
                trends[account] = (recent, earlier if has_six else None)
        grown = {account: growth(*trend) for account, trend in trends.items()}
        known = [trends[account] for account, own in grown.items() if own is not None]
        shared = growth(
            sum((recent for recent, _ in known), Decimal(0)),
            sum((earlier or Decimal(0) for _, earlier in known), Decimal(0)),
        ) or Decimal(0)
        for horizon in HORIZONS:
            if origin + horizon > last:
                continue
            ahead = [origin + month for month in range(1, horizon + 1)]
            stay = [name for name in trends if all(month in bills[name] for month in ahead)]
            # a month ahead that is billed from its middle must be over as well
            stay = [name for name in stay if origin + horizon + lags[name] <= last]
            if not stay:
                continue
            billed = sum((bills[name][month] for name in stay for month in ahead), Decimal(0))
            total = sum((steps(month) for month in range(1, horizon + 1)), Fraction(0))
            recents = {name: Fraction(trends[name][0]) for name in stay}
            alone = {name: Fraction(grown[name] or 0) for name in stay}
            half = {
                name: (alone[name] + Fraction(shared)) / 2
                if grown[name] is not None
                else Fraction(shared)
                for name in stay
            }
            still = dict.fromkeys(stay, Fraction(0))
            for model, chosen in (("repeat", still), ("damped", alone), ("pooled", half)):
                rises = sum((recents[name] * chosen[name] for name in stay), Fraction(0))
                amount = (horizon * sum(recents.values(), Fraction(0)) + rises * total) / 3
                found[origin, horizon, model] = (rounded(amount, 4), billed)
    return found


def miss(projected: Decimal, billed: Decimal) -> Decimal:
    """How far one lies from the other: the larger by the smaller, less one."""
    if projected <= 0 or billed <= 0:
        return FAR
    larger, smaller = max(projected, billed), min(projected, billed)
    return min(rounded(Fraction(larger - smaller) / Fraction(smaller), 6), FAR)


def weight(age: int) -> Decimal:
    return rounded(Fraction(12, 12 + age), 6)


def model_at(month: int, found: Compared) -> str:
    """The model with the least weighted miss among what was known by a month."""
    misses: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for (origin, horizon, model), both in found.items():
        if origin + horizon <= month:
            misses[model].append((miss(*both), weight(month - origin - horizon)))
    if not misses or len(misses["damped"]) < 8:
        return "damped"
    errors = {
        model: rounded(
            sum(
                (Fraction(rounded(Fraction(far) * Fraction(w), 6)) for far, w in of_model),
                Fraction(0),
            )
            / sum((Fraction(w) for _, w in of_model), Fraction(0)),
            6,
        )
        for model, of_model in misses.items()
    }
    return min(errors, key=lambda model: (errors[model], ORDER.index(model)))


def interval(misses: Iterable[tuple[Decimal, Decimal]], horizon: int) -> Decimal | None:
    """The weighted split-conformal quantile of 80 %."""
    ordered = sorted(misses)
    if len(ordered) < 4:
        return None
    total = sum((w for _, w in ordered), Decimal(0))
    coming = {1: 1, 3: 1, 6: 2, 12: 4}[horizon]
    needed = min((total + coming) * Decimal("0.8"), total)
    reached = Decimal(0)
    for far, w in ordered:
        reached += w
        if reached >= needed:
            return far
    return None
