"""Figures of segments, regions and plans: shocks, variance, movements, value fit, usage, churn."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.bills import Bill, Bills
from tests.metrics.exports import Company, Row, in_currency, later
from tests.metrics.retention import SMALL, Retention
from tests.metrics.revenue import NAMES, Mrr
from tests.metrics.seats import Seats

MEDIUM_SEATS, LARGE_SEATS = 10, 50  # thresholds that ship
ENDS = ("previous_closing", "opening", "closing")
MOVEMENTS = (*ENDS, "revaluation", "entering", "leaving", *NAMES, "restatement")
Key = tuple[str, str, date]


class ChurnMonth(NamedTuple):
    """A month of an account that began with MRR, and what it lost in it."""

    account_id: str
    has_churned: bool
    opening: Decimal
    lost: Decimal
    less: Decimal


def at_rank(values: list[Decimal], part: Fraction) -> Decimal | None:
    """The ceil(part × n)-th of the values in order."""
    if not values:
        return None
    place = -(-part.numerator * len(values) // part.denominator)
    return sorted(values)[place - 1]


class Slices:
    def __init__(self, company: Company, mrr: Mrr, seats: Seats, bills: Bills) -> None:
        self.company, self.mrr, self.seats, self.bills = company, mrr, seats, bills

    def of_bill(self, bill: Bill) -> list[tuple[str, str]]:
        account = self.company.accounts[bill.account_id]
        return [
            ("all", "all"),
            ("segment", account["segment"]),
            ("region", account["region"]),
            ("plan", bill.plan_id),
        ]

    def shocks(self) -> dict[Key, list[tuple[object, ...]]]:
        """Verdicts on the invoiced bills of each slice and month."""
        found: dict[Key, list[tuple[object, ...]]] = defaultdict(list)
        for of_account in self.bills.bills.values():
            for bill in of_account:
                segment = self.company.accounts[bill.account_id]["segment"]
                own = [*self.of_bill(bill), *in_currency(segment, bill.currency)]
                for slice_, value in own:
                    found[slice_, value, bill.month].append(self.bills.shock(bill))
        return found

    @cached_property
    def first_paid(self) -> dict[str, date]:
        """Month of each account's first MRR."""
        cohorts = Retention(self.company, self.mrr, "subscription").members
        return {member.account_id: member.cohort_month for member in cohorts}

    def variance(self) -> dict[Key, tuple[object, ...]]:
        """Quartiles of how much the accounts' bills vary, with cohorts as slices, too."""
        own: dict[Key, list[tuple[Decimal | None, Decimal | None]]] = defaultdict(list)
        for of_account in self.bills.bills.values():
            for bill in of_account:
                cohort = f"{self.first_paid[bill.account_id]:%Y-%m}"
                pair = tuple(
                    self.bills.variation(bill, months, least)[1]
                    for months, least in [(6, 3), (12, 6)]
                )
                for slice_, value in [*self.of_bill(bill), ("cohort", cohort)]:
                    own[slice_, value, bill.month].append((pair[0], pair[1]))
        found: dict[Key, tuple[object, ...]] = {}
        for key, pairs in own.items():
            row: tuple[object, ...] = (len(pairs),)
            for side in (0, 1):
                known = [pair[side] for pair in pairs]
                values = [value for value in known if value is not None]
                quarters = (at_rank(values, Fraction(part, 4)) for part in (1, 2, 3))
                row += (len(values), *quarters, len(values) < SMALL)
            found[key] = row
        return found

    @cached_property
    def revisions(self) -> dict[str, list[Row]]:
        """What the accounts export said of each account, in the order in which it became known."""

        def read(text: dict[str, str]) -> Row:
            return {**text, "recorded_at": self.company.recorded(text, "created_at")}

        return {
            rows[0]["account_id"]: rows
            for rows in self.company.known("accounts", ("account_id",), read)
        }

    def then(self, account_id: str, month: date) -> dict[str, str]:
        """Segment, region, plan and currency of an account when a month's books closed."""
        revisions = self.revisions[account_id]
        closed_at = self.mrr.closed_at(month)
        reported = [row for row in revisions if row["recorded_at"] < closed_at] or revisions[:1]
        measured_on = self.company.measured_on(month)
        currency = self.company.billed_in(account_id, measured_on)
        return {
            "all": "all",
            "segment": reported[-1]["segment"],
            "region": reported[-1]["region"],
            "plan": self.company.plan(account_id, measured_on),
            **dict(in_currency(reported[-1]["segment"], currency)),
        }

    def movements(self) -> dict[tuple[str, str, date, str], dict[str, tuple[Decimal, int]]]:
        """Amounts of each slice, month and version in the reporting currency, and the accounts."""
        empty = dict.fromkeys(MOVEMENTS, Decimal(0))
        rows: dict[tuple[str, str, date, str], list[dict[str, Decimal]]] = defaultdict(list)
        for (account, month, currency, version), row in self.mrr.movements.items():
            rate = self.company.rate(currency, month)
            assert rate is not None
            opening, closing = (
                rounded(Fraction(end) * rate, 4) for end in (row.opening, row.closing)
            )
            rate_before = self.company.rate(currency, later(month, -1))
            before = rounded(Fraction(row.opening) * (rate_before or 0), 4)
            restatement = closing - opening
            if row.movement:
                restatement = rounded(Fraction(row.restatement) * rate, 4)
            amounts = {**empty, "closing": closing, "restatement": restatement}
            if row.name in NAMES:
                amounts[row.name] = closing - opening - restatement
            now = self.then(account, month)
            was = now
            if later(month, -1) >= self.company.months[0]:
                was = self.then(account, later(month, -1))
            for slice_, value in now.items():
                began = {
                    "previous_closing": before,
                    "revaluation": opening - before,
                    "opening": opening,
                }
                if was[slice_] == value:
                    rows[slice_, value, month, version].append({**amounts, **began})
                    continue
                rows[slice_, value, month, version].append({**amounts, "entering": opening})
                if opening:
                    moved = {**empty, **began, "leaving": -opening}
                    rows[slice_, was[slice_], month, version].append(moved)
        return {
            key: {
                name: (
                    sum((row[name] for row in of_key), Decimal(0)),
                    sum(row[name] > 0 if name in ENDS else row[name] != 0 for row in of_key),
                )
                for name in MOVEMENTS
            }
            for key, of_key in rows.items()
        }

    @cached_property
    def families(self) -> dict[str, list[tuple[date, str]]]:
        """First days and plan families of each account's contracts."""
        return {
            account: sorted(
                (row["started_on"], self.company.plans[row["plan_id"]]["family"])
                for row in self.company.contracts(account)
            )
            for account in self.company.accounts
        }

    def moved_month(self, account_id: str) -> date | None:
        """Month of the first contract of another family after one of per_seat."""
        families = self.families[account_id]
        seats_on = min((on for on, family in families if family == "per_seat"), default=None)
        later_on = [
            on
            for on, family in families
            if family != "per_seat" and seats_on is not None and on > seats_on
        ]
        return min(later_on).replace(day=1) if later_on else None

    def churn(self) -> dict[tuple[str, str, str, str], tuple[object, ...]]:
        """Churn by segment, plan size, phase and version; no entry is no month."""
        months: dict[tuple[str, str, str, str], list[ChurnMonth]] = defaultdict(list)
        for (account, month, currency, version), row in self.mrr.movements.items():
            is_of_seats = any(family == "per_seat" for _, family in self.families[account])
            rate = self.company.rate(currency, month)
            assert rate is not None
            opening, closing = (
                rounded(Fraction(end) * rate, 4) for end in (row.opening, row.closing)
            )
            if not is_of_seats or opening <= 0 or not self.company.is_over(month):
                continue
            change = closing - opening - rounded(Fraction(row.restatement) * rate, 4)
            moved = self.moved_month(account)
            if moved is None:
                phase = "stayed"
                before = [later(month, -1)]
            else:
                phase = "before" if month < moved else "after"
                before = [known for known in self.company.months if known < moved]
            seats = [
                self.seats.months[account, known].end
                for known in before
                if (account, known) in self.seats.months
            ]
            size = "unknown"
            if seats:
                size = "small" if seats[-1] < MEDIUM_SEATS else "medium"
                size = "large" if seats[-1] >= LARGE_SEATS else size
            entry = ChurnMonth(
                account,
                row.name == "churn" and closing <= 0,
                opening,
                change if row.name == "churn" else Decimal(0),
                change if row.name == "contraction" else Decimal(0),
            )
            for segment in ("all", self.company.accounts[account]["segment"]):
                for of_size in ("all", size):
                    months[segment, of_size, phase, version].append(entry)
        found: dict[tuple[str, str, str, str], tuple[object, ...]] = {}
        for key, entries in months.items():
            accounts = len({entry.account_id for entry in entries})
            churned = sum(entry.has_churned for entry in entries)
            opening = sum((entry.opening for entry in entries), Decimal(0))
            lost = sum((entry.lost for entry in entries), Decimal(0))
            less = sum((entry.less for entry in entries), Decimal(0))
            found[key] = (
                *(accounts, len(entries), churned, opening, lost, less),
                *(ratio(churned, len(entries)), ratio(-lost, opening), ratio(-less, opening)),
                *(accounts < SMALL, None),
            )
        return found
