"""The last days of a month, seats that would do, and what people do and cost."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.bills import Bills
from tests.metrics.exports import MILLION, MINOR_UNITS, Company, later
from tests.metrics.seats import Change, Seats, seconds, spans

LIGHT_DAYS, HEAVY_DAYS = 3, 12  # thresholds that ship; the demo has none of its own for them
Span = tuple[datetime, datetime, Decimal]


class Activity:
    def __init__(self, company: Company, seats: Seats, bills: Bills) -> None:
        self.company, self.seats, self.bills = company, seats, bills

    @cached_property
    def billed(self) -> dict[str, list[Span]]:
        """From when to when how many seats an account was billed."""
        return {
            account: self.under_contract(account, changes)
            for account, changes in self.seats.changes.items()
        }

    @cached_property
    def held(self) -> dict[str, dict[str, list[Span]]]:
        """The same of each holder of an account."""
        found: dict[str, dict[str, list[Span]]] = {}
        for account, changes in self.seats.changes.items():
            own: dict[str, list[Change]] = defaultdict(list)
            for change in changes:
                if change.user_id:
                    own[change.user_id].append(change)
            found[account] = {user: self.under_contract(account, own[user]) for user in own}
        return found

    def under_contract(self, account_id: str, changes: list[Change]) -> list[Span]:
        found: list[Span] = []
        for from_on, to_on, plan_id in self.seats.terms(account_id):
            roles = set(self.company.plans[plan_id]["billable_roles"].split(";"))
            until = self.company.midnight(to_on) if to_on else self.company.as_of
            found += spans(changes, roles, self.company.midnight(from_on), until)
        return found

    def recent(self, account_id: str, month: date, length: int) -> tuple[Fraction, Fraction]:
        """Billed seat-seconds of the month's last days, and those of holders who acted in them."""
        key = (account_id, month, length)
        if key not in self._recent:
            self._recent[key] = self.counted(account_id, month, length)
        return self._recent[key]

    @cached_property
    def _recent(self) -> dict[tuple[str, date, int], tuple[Fraction, Fraction]]:
        return {}

    def counted(self, account_id: str, month: date, length: int) -> tuple[Fraction, Fraction]:
        on = self.company.measured_on(month)
        first = on - timedelta(days=length - 1)
        since = self.company.midnight(first)
        until = min(self.company.midnight(later(month, 1)), self.company.as_of)
        billed = overlap(self.billed[account_id], since, until)
        active = Fraction()
        for user, held in self.held[account_id].items():
            days = self.seats.active_days.get((account_id, user), set())
            if any(first <= day <= on for day in days):
                active += overlap(held, since, until)
        return billed, min(active, billed)

    @cached_property
    def user_days(self) -> dict[tuple[str, date], Counter[str]]:
        """Days on which each person of an account acted, by month."""
        found: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
        for (account, user), days in self.seats.active_days.items():
            for day in days:
                found[account, day.replace(day=1)][user] += 1
        return found

    def surplus(self, account_id: str, month: date) -> tuple[Decimal, Decimal, Decimal]:
        """Seats at the end, whole ones that would do, and what is beyond them."""
        end = self.seats.months[account_id, month].end
        idle = self.seats.idle(account_id, month)
        enough = Decimal(ceil(max(end - idle["unheld"] - idle["idle_90"], Decimal(0))))
        return end, enough, max(end - enough, Decimal(0))

    def row(self, account_id: str, month: date) -> tuple[object, ...]:
        """The row of fct_seat_activity after account, month and its attributes."""
        on = self.company.measured_on(month)
        end, enough, beyond = self.surplus(account_id, month)
        if later(month, 1) <= self.seats.first_active_on:
            why = "usage starts later"
            return (on, None, None, end, *(None,) * 7, why, why)
        currency, price, _ = self.seats.price(account_id, month) or ("", Fraction(), "")
        amount = Fraction(rounded(Fraction(rounded(price, 12)) * Fraction(beyond), 12))
        rate = self.company.rate(currency, month)
        assert rate is not None
        days = self.user_days.get((account_id, month), Counter()).values()
        shares = []
        for length in (7, 28):
            billed, active = self.recent(account_id, month, length)
            shares.append(ratio(active, billed))
        return (
            *(on, *shares, end, enough, beyond),
            rounded(amount, MINOR_UNITS.get(currency, 2)),
            rounded(Fraction(rounded(amount * rate, 12)), 4),
            *(len(days), sum(count <= LIGHT_DAYS for count in days)),
            *(sum(count >= HEAVY_DAYS for count in days), None, None),
        )

    @cached_property
    def user_work(self) -> dict[tuple[str, str, date], dict[str, Fraction]]:
        """What each named person of an account did in a month, by meter."""
        found: dict[tuple[str, str, date], dict[str, Fraction]] = defaultdict(
            lambda: defaultdict(Fraction)
        )
        for work in self.company.usage:
            if work.user_id:
                of_user = found[work.account_id, work.user_id, work.day.replace(day=1)]
                of_user[work.meter] += Fraction(work.quantity, MILLION)
        return found

    def exposure(self, account_id: str, month: date) -> tuple[object, ...]:
        """Holders, those who cost more than their seat, their share, and why it is not known."""
        since = self.company.midnight(month)
        until = min(self.company.midnight(later(month, 1)), self.company.as_of)
        currency, price, _ = self.seats.price(account_id, month) or ("", Fraction(), "")
        rate = self.company.rate(currency, month)
        assert rate is not None
        monthly = Fraction(rounded(Fraction(rounded(price, 12)) * rate, 12))
        holders = exposed = 0
        for user, held in self.held[account_id].items():
            time = overlap(held, since, until)
            if not time:
                continue
            holders += 1
            cost = Fraction()
            for meter, quantity in self.user_work.get((account_id, user, month), {}).items():
                whole, whole_cost = self.bills.meter_costs[account_id, month, meter]
                if whole:
                    cost += quantity * Fraction(rounded(whole_cost / whole, 12))
            exposed += cost > Fraction(rounded(monthly * time / seconds(since, until), 12))
        if later(month, 1) <= self.seats.first_active_on:
            return holders, None, None, "usage starts later"
        if not holders:
            return holders, None, None, "no holders"
        return holders, exposed, ratio(exposed, holders), None


def overlap(held: list[Span], since: datetime, until: datetime) -> Fraction:
    """Seat-seconds of some spans that lie between two times."""
    return sum(
        (
            Fraction(count) * seconds(max(start, since), min(end, until))
            for start, end, count in held
            if start < until and end > since
        ),
        Fraction(),
    )
