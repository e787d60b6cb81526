"""Billable seats, who held them and who worked, second by second from seat events and usage."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.exports import MINOR_UNITS, Company, grouped, later
from tests.metrics.revenue import INTERVALS


@dataclass(frozen=True)
class Change:
    """What one event does to the seats of a role, and of a holder in it."""

    at: datetime
    role: str
    user_id: str
    assigned: Decimal
    suspended: Decimal


@dataclass
class SeatMonth:
    """Seat-seconds of an account and month, and what stood at its end."""

    window: int
    billable: Fraction = Fraction()
    active: Fraction = Fraction()
    never_active: Fraction = Fraction()
    peak: Decimal = Decimal(0)
    end: Decimal = Decimal(0)
    held_at_end: dict[str, tuple[Decimal, date]] = field(default_factory=dict)


class Seats:
    """Seats of every account that a contract of the demo bills; all its plans bill by the role."""

    def __init__(self, company: Company) -> None:
        self.company = company

    @cached_property
    def active_days(self) -> dict[tuple[str, str], set[date]]:
        """Days on which somebody did something under their own name."""
        days: dict[tuple[str, str], set[date]] = defaultdict(set)
        for work in self.company.usage:
            if work.user_id and work.actor == "human":
                days[work.account_id, work.user_id].add(work.day)
        return days

    @cached_property
    def first_active_on(self) -> date:
        return min(min(days) for days in self.active_days.values())

    @cached_property
    def changes(self) -> dict[str, list[Change]]:
        """Changes of each account in the order in which they hold."""
        events = {row["event_id"]: row for row in self.company.seat_events}
        found: dict[str, list[Change]] = defaultdict(list)
        suspended: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for row in sorted(
            self.company.seat_events,
            key=lambda row: (row["effective_at"], row["recorded_at"], row["event_id"]),
        ):
            corrected = events.get(row["corrects_event_id"], row)
            user = row["user_id"] or corrected["user_id"]
            contract = row["subscription_id"] or corrected["subscription_id"]
            holder = (row["account_id"], contract, user)
            size, before = abs(row["quantity"]), suspended[holder]
            of_account, kind = found[row["account_id"]], row["event_type"]
            role = row["role"] or "member"
            if kind == "suspend":
                moves = [(role, Decimal(0), max(size - before, Decimal(0)))]
                suspended[holder] = size
            elif kind == "reactivate":
                moves = [(role, Decimal(0), -min(size, before))]
                suspended[holder] = Decimal(0)
            elif kind == "remove":
                moves = [(role, -size, -min(size, before))]
                suspended[holder] = Decimal(0)
            elif kind == "role_change":
                taken = min(size, before)
                moves = [(role, size, taken), (row["previous_role"] or "member", -size, -taken)]
            else:
                moves = [(role, row["quantity"], Decimal(0))]
            for of_role, assigned, paused in moves:
                of_account.append(Change(row["effective_at"], of_role, user, assigned, paused))
        return found

    def terms(self, account_id: str) -> list[tuple[date, date | None, str]]:
        """From when to when which plan bills seats; contracts of the demo never overlap."""
        churned_on = self.company.churned_on(account_id)
        contracts = sorted(self.company.contracts(account_id), key=lambda row: row["started_on"])
        found = []
        for row in contracts:
            ends = [end for end in (row["ended_on"], churned_on) if end is not None]
            found.append((row["started_on"], min(ends, default=None), str(row["plan_id"])))
        for before, after in pairwise(found):
            assert before[1] is not None and before[1] <= after[0], account_id
        return found

    @cached_property
    def months(self) -> dict[tuple[str, date], SeatMonth]:
        """Everything by account and month, of months in which any seat was billable."""
        company = self.company
        windows = [
            (month, company.midnight(month), min(company.midnight(later(month, 1)), company.as_of))
            for month in company.months
        ]
        found: dict[tuple[str, date], SeatMonth] = {}
        for account_id, changes in self.changes.items():
            of_user = grouped([{"c": change} for change in changes], lambda row: row["c"].user_id)
            for from_on, to_on, plan_id in self.terms(account_id):
                roles = set(company.plans[plan_id]["billable_roles"].split(";"))
                since = company.midnight(from_on)
                until = company.midnight(to_on) if to_on else company.as_of
                for start, end, count in spans(changes, roles, since, until):
                    for month, opens, closes in windows:
                        if start < closes and end > opens:
                            of_month = found.setdefault(
                                (account_id, month), SeatMonth(seconds(opens, closes))
                            )
                            of_month.billable += Fraction(count) * seconds(
                                max(start, opens), min(end, closes)
                            )
                            of_month.peak = max(of_month.peak, count)
                            of_month.end += count if end >= closes else 0
                for user_id, rows in of_user.items():
                    if user_id:
                        own = [row["c"] for row in rows]
                        held = list(spans(own, roles, since, until))
                        self.hold(found, account_id, user_id, held, windows)
        return found

    def hold(
        self,
        found: dict[tuple[str, date], SeatMonth],
        account_id: str,
        user_id: str,
        held: list[tuple[datetime, datetime, Decimal]],
        windows: list[tuple[date, datetime, datetime]],
    ) -> None:
        """Add what a holder held to the account's months."""
        days = self.active_days.get((account_id, user_id), set())
        months = {day.replace(day=1) for day in days}
        since: datetime | None = None
        last_end: datetime | None = None
        for start, end, count in held:
            if since is None or last_end is None or start > last_end:
                since = start
            last_end = end
            for month, opens, closes in windows:
                if not (start < closes and end > opens):
                    continue
                of_month = found[account_id, month]
                time = Fraction(count) * seconds(max(start, opens), min(end, closes))
                of_month.active += time if month in months else 0
                if not days or min(days) >= later(month, 1):
                    of_month.never_active += time
                if end >= closes:
                    of_month.held_at_end[user_id] = (count, self.company.day(since))

    def price(self, account_id: str, month: date) -> tuple[str, Fraction, str] | None:
        """Currency and price of a seat for a month under the first terms of the month; the plan."""
        touching = [
            (max(from_on, month), plan_id)
            for from_on, to_on, plan_id in self.terms(account_id)
            if from_on < later(month, 1) and (to_on is None or to_on > month)
        ]
        on, plan_id = min(touching)
        listed = [
            row
            for row in self.company.book("charges")
            if row["plan_id"] == plan_id and row["meter"] == "seats" and in_force(row, on)
        ]
        assert len(listed) == 1 and listed[0]["pricing"] == "per_unit"
        price, discount = Fraction(listed[0]["unit_amount"]), Fraction(0)
        for row in self.company.book("contract_prices"):
            if (
                row["account_id"] == account_id
                and row["charge_id"] == listed[0]["charge_id"]
                and in_force(row, on)
            ):
                price = Fraction(row["unit_amount"]) if row["unit_amount"] else price
                discount = Fraction(row["discount_ratio"] or 0)
        plan = self.company.plans[plan_id]
        months = INTERVALS[plan["billing_interval"]]
        return plan["currency"], price * (1 - discount) / months, plan_id

    def utilization(self, account_id: str, month: date) -> tuple[object, ...]:
        """The row of fct_seat_utilization."""
        seats = self.months[account_id, month]
        active = min(seats.active, seats.billable)
        never = min(seats.never_active, seats.billable - active)
        reason = "usage starts later" if later(month, 1) <= self.first_active_on else None
        billable = average(seats.billable, seats)
        currency, price, plan_id = self.price(account_id, month) or ("", Fraction(), "")
        seat_price = rounded(price, 12)
        known: tuple[object, ...] = (None, None, None, None, None, None)
        if reason is None:
            idle = billable - average(active, seats)
            amount = Fraction(rounded(Fraction(seat_price) * Fraction(idle), 12))
            rate = self.company.rate(currency, month)
            assert rate is not None
            known = (
                *(average(active, seats), ratio(active, seats.billable), idle),
                *(average(never, seats), rounded(amount, MINOR_UNITS.get(currency, 2))),
                rounded(Fraction(rounded(amount * rate, 12)), 4),
            )
        return (
            *(account_id, month, self.company.accounts[account_id]["segment"], plan_id, currency),
            *(billable, *known, seat_price, seats.peak, seats.end),
            *(not self.company.is_over(month), reason),
        )

    def idle(self, account_id: str, month: date) -> dict[str, Decimal]:
        """Seats at the month's end that nobody holds, never worked in, or rested in so long."""
        seats, on = self.months[account_id, month], self.company.measured_on(month)
        counts = dict.fromkeys(("never_active", "idle_30", "idle_60", "idle_90"), Decimal(0))
        total, end = Decimal(0), later(month, 1)
        for user_id, (count, since) in seats.held_at_end.items():
            days = [day for day in self.active_days.get((account_id, user_id), set()) if day < end]
            total += count
            counts["never_active"] += 0 if days else count
            rested = (on - max([*days, since, self.first_active_on])).days
            for length in (30, 60, 90):
                counts[f"idle_{length}"] += count if rested >= length else 0
        found = {band: min(count, seats.end) for band, count in counts.items()}
        return {"unheld": max(seats.end - total, Decimal(0)), **found}


def in_force(row: dict[str, str], on: date) -> bool:
    until = row["valid_to"]
    return date.fromisoformat(row["valid_from"]) <= on and (
        not until or on < date.fromisoformat(until)
    )


def seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


def average(seat_seconds: Fraction, seats: SeatMonth) -> Decimal:
    found = ratio(seat_seconds, seats.window)
    assert found is not None
    return found


def spans(
    changes: list[Change], roles: set[str], since: datetime, until: datetime
) -> list[tuple[datetime, datetime, Decimal]]:
    """From when to when how many seats of these roles are billed; suspended ones are spared."""
    assigned: dict[str, Decimal] = defaultdict(Decimal)
    paused: dict[str, Decimal] = defaultdict(Decimal)
    found: list[tuple[datetime, datetime, Decimal]] = []
    own = [change for change in changes if change.role in roles and change.at < until]
    for place, change in enumerate(own):
        assigned[change.role] += change.assigned
        paused[change.role] += change.suspended
        next_at = own[place + 1].at if place + 1 < len(own) else until
        start, end = max(change.at, since), min(next_at, until)
        if start < end:
            count = sum(
                (
                    max(assigned[role] - max(paused[role], Decimal(0)), Decimal(0))
                    for role in assigned
                ),
                Decimal(0),
            )
            if count > 0:
                found.append((start, end, count))
    return found
