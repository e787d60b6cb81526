"""Cohorts, trailing retention and time to upgrade, from the MRR of revenue.py."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.exports import Company, between, in_currency, later
from tests.metrics.revenue import INTERVALS, Mrr

SMALL = 5


@dataclass
class Member:
    """An account of a cohort: what it was then, and its MRR by age at the cohort's rates."""

    account_id: str
    cohort_month: date
    segment: str
    region: str
    plan_id: str
    currency: str
    mrr: list[Decimal]
    is_retained: list[bool]


@dataclass
class Sums:
    """What a group of members had in month 0 and what is left of it."""

    accounts: int = 0
    retained: int = 0
    start: Decimal = Decimal(0)
    now: Decimal = Decimal(0)
    capped: Decimal = Decimal(0)
    expansion: Decimal = Decimal(0)

    def add(self, member: Member, age: int) -> None:
        start, now = member.mrr[0], member.mrr[age]
        self.accounts += 1
        self.retained += member.is_retained[age]
        self.start += start
        self.now += now
        self.capped += min(start, now)
        self.expansion += max(now - start, Decimal(0))

    def merge(self, other: "Sums") -> None:
        self.accounts += other.accounts
        self.retained += other.retained
        self.start += other.start
        self.now += other.now
        self.capped += other.capped
        self.expansion += other.expansion

    @property
    def row(self) -> tuple[object, ...]:
        return (
            *(self.accounts, self.retained, self.start, self.now, self.capped, self.expansion),
            *(ratio(self.now, self.start), ratio(self.capped, self.start)),
            *(ratio(self.retained, self.accounts), ratio(self.expansion, self.start)),
            self.accounts < SMALL,
        )


class Retention:
    """All of it for one version; the demo bills no metered usage, so both versions are alike."""

    def __init__(self, company: Company, mrr: Mrr, version: str) -> None:
        self.company, self.mrr, self.version = company, mrr, version

    @cached_property
    def closings(self) -> dict[str, dict[date, tuple[str, Decimal]]]:
        """Currency and MRR by account and month; no entry is no MRR."""
        found: dict[str, dict[date, tuple[str, Decimal]]] = defaultdict(dict)
        for (account, month, currency, version), row in self.mrr.movements.items():
            if version == self.version:
                found[account][month] = (currency, row.closing)
        return found

    @cached_property
    def members(self) -> list[Member]:
        company, found = self.company, []
        for account_id, closings in self.closings.items():
            paying = [month for month, (_, closing) in closings.items() if closing > 0]
            if not paying:
                continue
            first = min(paying)
            months = [month for month in company.months if month >= first]
            own = [closings.get(month, ("", Decimal(0))) for month in months]
            rates = {
                currency: next(
                    rate for month in months if (rate := company.rate(currency, month)) is not None
                )
                for currency, _ in own
                if currency
            }
            account = company.accounts[account_id]
            found.append(
                Member(
                    account_id,
                    first,
                    account["segment"],
                    account["region"],
                    company.plan(account_id, company.measured_on(first)),
                    company.billed_in(account_id, company.measured_on(first)),
                    [
                        rounded(max(Fraction(amount), Fraction()) * rates.get(currency, 1), 4)
                        for currency, amount in own
                    ],
                    [amount > 0 for _, amount in own],
                )
            )
        return found

    @cached_property
    def last_closed(self) -> date:
        return max(month for month in self.company.months if self.company.is_over(month))

    def slices(self, member: Member) -> list[tuple[str, str]]:
        return [
            ("all", "all"),
            ("segment", member.segment),
            ("region", member.region),
            ("plan", member.plan_id),
        ]

    @cached_property
    def cohorts(self) -> dict[tuple[str, str, str, date, int], Sums]:
        """Sums by granularity, slice, its value, start of the cohort and age."""
        sums: dict[tuple[str, str, str, date, int], Sums] = defaultdict(Sums)
        for member in self.members:
            month = member.cohort_month
            quarter = date(month.year, month.month - (month.month - 1) % 3, 1)
            for age in range(len(member.mrr)):
                own = [*self.slices(member), *in_currency(member.segment, member.currency)]
                for slice_, value in own:
                    sums["month", slice_, value, month, age].add(member, age)
                    if age % 3 == 0:
                        sums["quarter", slice_, value, quarter, age // 3].add(member, age)
        return sums

    def is_mature(self, granularity: str, start: date, age: int) -> bool:
        """Whether the cohort's last month has come that far."""
        last = later(start, age) if granularity == "month" else later(start, 3 * age + 2)
        return last <= self.last_closed

    def averages(self) -> dict[tuple[str, str, str, int], tuple[int, Sums]]:
        """Mature cohorts of one age added up, with their number."""
        found: dict[tuple[str, str, str, int], tuple[int, Sums]] = {}
        for (granularity, slice_, value, start, age), sums in self.cohorts.items():
            if self.is_mature(granularity, start, age):
                key = (granularity, slice_, value, age)
                count, total = found.get(key, (0, Sums()))
                total.merge(sums)
                found[key] = (count + 1, total)
        return found

    def trailing(self) -> dict[tuple[str, date], tuple[object, ...]]:
        """Of the MRR of a year before what is left, at that month's rates."""
        pairs: dict[tuple[str, date], list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for account_id, closings in self.closings.items():
            for month, (currency, closing) in closings.items():
                end = later(month, 12)
                rate = self.company.rate(currency, month)
                if closing <= 0 or end > self.company.months[-1] or rate is None:
                    continue
                _, left = closings.get(end, (currency, Decimal(0)))
                pair = (
                    rounded(Fraction(closing) * rate, 4),
                    rounded(max(Fraction(left), Fraction()) * rate, 4),
                )
                for segment in ("all", self.company.accounts[account_id]["segment"]):
                    pairs[segment, end].append(pair)
        found: dict[tuple[str, date], tuple[object, ...]] = {}
        for key, of_key in pairs.items():
            start, end_sum = sum(pair[0] for pair in of_key), sum(pair[1] for pair in of_key)
            capped = sum(min(pair) for pair in of_key)
            left_count = sum(pair[1] > 0 for pair in of_key)
            found[key] = (
                *(len(of_key), left_count, start, end_sum, capped),
                *(ratio(end_sum, start), ratio(capped, start), ratio(left_count, len(of_key))),
                not self.company.is_over(key[1]),
            )
        return found

    @cached_property
    def upgrades(self) -> list[tuple[Member, date | None, int, int, str | None]]:
        """Member, month of the first expansion, months of its interval, cycles, why censored."""
        grown: dict[str, list[date]] = defaultdict(list)
        for (account, month, _, version), row in self.mrr.movements.items():
            if version == self.version and row.name == "expansion" and self.company.is_over(month):
                grown[account].append(month)
        found: list[tuple[Member, date | None, int, int, str | None]] = []
        for member in self.members:
            after = [month for month in grown[member.account_id] if month > member.cohort_month]
            interval = self.interval(member)
            closed = between(member.cohort_month, self.last_closed)
            seen = [age for age in range(closed + 1) if member.is_retained[age]]
            if after:
                months = between(member.cohort_month, min(after))
                found.append((member, min(after), interval, -(-months // interval), None))
                continue
            why = "not expanded yet"
            if not seen:
                why = "first month not over"
            elif max(seen) < closed:
                why = "left before any expansion"
            found.append((member, None, interval, max(seen, default=0) // interval, why))
        return found

    def interval(self, member: Member) -> int:
        """Months of the billing interval that the account began on."""
        contracts = [
            row
            for row in self.company.contracts(member.account_id)
            if row["started_on"] < later(member.cohort_month, 1)
            and (row["ended_on"] is None or row["ended_on"] > member.cohort_month)
        ]
        if not contracts:
            return 1
        first = min(contracts, key=lambda row: (row["started_on"], row["subscription_id"]))
        return INTERVALS[self.company.plans[first["plan_id"]]["billing_interval"]]

    def curves(self) -> dict[tuple[str, str], list[tuple[int, int, int, Decimal]]]:
        """By slice and cycle: at risk, upgraded, censored, share not upgraded (Kaplan–Meier)."""
        ends: dict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
        for member, month, _, cycles, why in self.upgrades:
            if why != "first month not over":
                for key in self.slices(member):
                    ends[key].append((cycles, month is not None))
        return {key: curve(of_key) for key, of_key in ends.items()}


def curve(ends: Iterable[tuple[int, bool]]) -> list[tuple[int, int, int, Decimal]]:
    """The curve of accounts that upgraded, or went out of sight, in a cycle."""
    ends = list(ends)
    rows, survival = [], Fraction(1)
    for cycle in range(max(cycles for cycles, _ in ends) + 1):
        at_risk = sum(cycles >= cycle for cycles, _ in ends)
        upgraded = sum(cycles == cycle and is_up for cycles, is_up in ends)
        censored = sum(cycles == cycle and not is_up for cycles, is_up in ends)
        if cycle:
            survival *= Fraction(at_risk - upgraded, at_risk)
        rows.append((at_risk, upgraded, censored, rounded(survival, 9)))
    return rows
