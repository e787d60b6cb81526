"""Figures of a segment and month: the sums of its accounts', and the rates made of them."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import exp, factorial, sqrt

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.bills import Bills
from tests.metrics.exports import MILLION, Company, in_currency, later
from tests.metrics.leakage import leakage
from tests.metrics.revenue import Mrr
from tests.metrics.seats import Seats

DRAWS = 200
Sums = dict[str, Fraction]
RATES: dict[str, tuple[str, str]] = {
    "utilization": ("active_seats", "watched_seats"),
    "automation_share": ("automation_work", "known_work"),
    "exposed_share": ("exposed", "with_margin"),
    "discount_leakage": ("discount", "listed"),
    "unapproved_discount_share": ("unapproved", "listed"),
    "shock_ticket_share": ("shock_tickets", "invoiced"),
    "gross_margin": ("margin", "revenue"),
    "expansion_rate": ("expansion", "opening"),
    "shock_rate": ("shocked", "billed"),
    "expansion_rate_3m": ("expansion_3m", "opening_3m"),
    "seat_change_3m": ("seats_more", "seats_3m"),
}


class Segments:
    def __init__(self, company: Company, mrr: Mrr, seats: Seats, bills: Bills) -> None:
        self.company, self.mrr, self.seats, self.bills = company, mrr, seats, bills

    @cached_property
    def accounts(self) -> dict[tuple[str, date], Sums]:
        """What each account adds to its segment's month."""
        found: dict[tuple[str, date], Sums] = defaultdict(lambda: defaultdict(Fraction))
        meter = self.company.settings["company"]["value_meter"]
        for work in self.company.usage:
            if work.meter == meter:
                own = found[work.account_id, work.day.replace(day=1)]
                quantity = Fraction(work.quantity, MILLION)
                own["work"] += quantity
                own["known_work"] += quantity if work.actor != "unknown" else 0
                own["automation_work"] += quantity if work.actor == "automation" else 0
        for key in self.seats.months:
            row = self.seats.utilization(*key)
            found[key]["seats"] = Fraction(str(row[5]))
            found[key]["end_seats"] = Fraction(str(row[14]))
            if row[6] is not None:
                found[key]["watched_seats"] = Fraction(str(row[5]))
                found[key]["active_seats"] = Fraction(str(row[6]))
        for (account, month, currency, version), movement in self.mrr.movements.items():
            rate = self.company.rate(currency, month)
            if version == "subscription" and rate is not None:
                own = found[account, month]
                opening, closing = (
                    rounded(Fraction(end) * rate, 4) for end in (movement.opening, movement.closing)
                )
                restated = rounded(Fraction(movement.restatement) * rate, 4)
                own["mrr"] += Fraction(closing)
                own["opening"] += Fraction(opening)
                if movement.name == "expansion":
                    own["expansion"] += Fraction(closing - opening - restated)
        for key in {*self.bills.revenue, *self.bills.cost}:
            margin = self.bills.margin(*key)
            found[key]["revenue"] = Fraction(str(margin[0]))
            found[key]["with_margin"] = Fraction(1)
            found[key]["exposed"] = Fraction(bool(margin[4]))
            found[key]["margin"] = Fraction(str(margin[2]))
        for (account, month), lost in leakage(self.company).items():
            own = found[account, month]
            rate = self.company.rate(str(lost[0]), month)
            assert rate is not None
            own["listed"] = Fraction(str(lost[5]))
            own["discount"] = own["listed"] - Fraction(str(lost[6]))
            own["unapproved"] = Fraction(rounded(Fraction(str(lost[4])) * rate, 4))
        for key, was_asked in self.bills.shock_tickets().items():
            found[key]["invoiced"] = Fraction(1)
            found[key]["shock_tickets"] = Fraction(was_asked)
        for of_account in self.bills.bills.values():
            for bill in of_account:
                shock = self.bills.shock(bill)
                if shock[0] is None or self.bills.is_provisional(bill.account_id, bill.month):
                    continue
                found[bill.account_id, bill.month]["billed"] = Fraction(1)
                found[bill.account_id, bill.month]["shocked"] = Fraction(bool(shock[6]))
        for own in found.values():
            own["active"] = Fraction(own["mrr"] > 0)
            own["active_before"] = Fraction(own["opening"] > 0)
        return found

    @cached_property
    def names(self) -> list[str]:
        return ["all", *sorted({row["segment"] for row in self.company.accounts.values()})]

    def is_in(self, segment: str, account_id: str) -> bool:
        return segment in ("all", self.company.accounts[account_id]["segment"])

    def sums(
        self, weight: Callable[[str], int] = lambda account: 1
    ) -> dict[tuple[str, date], Sums]:
        """Sums of every segment and month, each account with its weight."""
        found: dict[tuple[str, date], Sums] = {
            (segment, month): defaultdict(Fraction)
            for segment in self.names
            for month in self.company.months
        }
        weights = {account: weight(account) for account, _ in self.accounts}
        for (account, month), own in self.accounts.items():
            for segment in ("all", self.company.accounts[account]["segment"]):
                if (segment, month) in found and weights[account]:
                    of_segment = found[segment, month]
                    for name, value in own.items():
                        of_segment[name] += weights[account] * value
        for (segment, month), own in list(found.items()):
            months = [later(month, -back) for back in range(3)]
            first = found.get((segment, months[-1]))
            if first is not None:
                own["expansion_3m"] = sum(
                    (found[segment, of_three]["expansion"] for of_three in months), Fraction()
                )
                own["opening_3m"] = 3 * first["opening"]
            before = found.get((segment, later(month, -3)))
            if before is not None:
                own["seats_3m"] = before["end_seats"]
                own["seats_more"] = own["end_seats"] - before["end_seats"]
        return found

    def slices(self, account_id: str, month: date) -> list[tuple[str, str]]:
        """Segment and region are the account's of today, the plan the month's at its close."""
        account = self.company.accounts[account_id]
        return [
            ("all", "all"),
            ("segment", account["segment"]),
            ("region", account["region"]),
            ("plan", self.company.plan(account_id, self.company.measured_on(month))),
        ]

    def slices_of_figures(self, account_id: str, month: date) -> list[tuple[str, str]]:
        """Those and the currency that the account is billed in today."""
        segment = self.company.accounts[account_id]["segment"]
        today = self.company.measured_on(self.company.months[-1])
        currency = self.company.billed_in(account_id, today)
        return [*self.slices(account_id, month), *in_currency(segment, currency)]

    def sliced(self) -> dict[tuple[str, str, date], Sums]:
        """Sums of every slice and month in which any account has a figure."""
        found: dict[tuple[str, str, date], Sums] = defaultdict(lambda: defaultdict(Fraction))
        for (account, month), own in self.accounts.items():
            if month in self.company.months:
                for slice_, value in self.slices_of_figures(account, month):
                    for name, part in own.items():
                        found[slice_, value, month][name] += part
        return found

    def rate(self, sums: Sums, metric: str) -> Decimal | None:
        part, whole = RATES[metric]
        return ratio(sums[part], sums[whole]) if sums[whole] > 0 else None

    def arpu(self, sums: Sums) -> Decimal | None:
        """Revenue of the month ÷ the mean of the accounts that paid at its start and its end."""
        return ratio(2 * sums["revenue"], sums["active"] + sums["active_before"])

    def correlation(self, segment: str, month: date) -> Decimal | None:
        """How billable seats go with work over the segment's accounts."""
        pairs = [
            (own["seats"], own["work"])
            for (account, of_month), own in self.accounts.items()
            if of_month == month and own["seats"] > 0 and self.is_in(segment, account)
        ]
        return spearman(pairs) if any(work for _, work in pairs) else None

    def interval(self, metric: str, segment: str, month: date) -> tuple[Decimal, Decimal]:
        """The 20th lowest and the 20th highest rate of 200 draws over the segment's accounts."""
        part, whole = RATES[metric]
        own = {
            account: (sums[part], sums[whole])
            for (account, of_month), sums in self.accounts.items()
            if of_month == month and self.is_in(segment, account)
        }
        found: list[Decimal] = []
        for draw in range(1, DRAWS + 1):
            weights = {account: poisson(account, draw) for account in own}
            top, bottom = (
                sum((weights[account] * pair[side] for account, pair in own.items()), Fraction())
                for side in (0, 1)
            )
            value = ratio(top, bottom)
            if value is not None:
                found.append(value)
        place = -(-len(found) // 10)
        found.sort()
        return found[place - 1], found[-place]


def spearman(pairs: list[tuple[Fraction, Fraction]]) -> Decimal | None:
    """Pearson's correlation of ranks, equals sharing theirs; none where a side is all equal."""
    left, right = (ranks([pair[side] for pair in pairs]) for side in (0, 1))
    count = len(pairs)
    spread = [
        count * sum(a * b for a, b in zip(one, two, strict=True)) - sum(one) * sum(two)
        for one, two in ((left, right), (left, left), (right, right))
    ]
    if not spread[1] or not spread[2]:
        return None
    # the one step that no decimal holds: roots and quotient
    return rounded(Fraction(spread[0] / (sqrt(spread[1]) * sqrt(spread[2]))), 6)


def ranks(values: list[Fraction]) -> list[int]:
    """Twice the mean rank of each value, so that ranks stay whole numbers."""
    ordered = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
    count: dict[Fraction, int] = defaultdict(int)
    for value in values:
        count[value] += 1
    return [2 * first[value] + count[value] - 1 for value in values]


def poisson(account_id: str, draw: int) -> int:
    """Poisson(1) by inverting its distribution on the first 32 bits of md5(account|draw)."""
    bits = int(hashlib.md5(f"{account_id}|{draw}".encode()).hexdigest()[:8], 16)
    weight, below = 0, exp(-1)
    while bits >= int(below * 2**32) and weight < 12:
        weight += 1
        below += exp(-1) / factorial(weight)
    return weight
