"""Billable seats from seat events (pricing.md, Seat ledger)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tests.rating.book import Case, Plan, SeatEvent, Setting, Subscription
from tests.rating.days import local_day, seconds
from tests.rating.money import PLACES_OF_A_QUANTITY, rounded


@dataclass(frozen=True)
class Change:
    """One event's effect on the billable seats: what they were before it and are after it."""

    event_id: str
    at: datetime
    before: Decimal
    after: Decimal


def changes(
    case: Case,
    setting: Setting,
    plan: Plan,
    role: str | None,
    subscription: Subscription | None,
) -> list[Change]:
    """Every event that moves the billable seats of a plan (of one role, of one contract)."""
    committed = (subscription.seats_committed if subscription else None) or Decimal(0)
    level, found = Decimal(0), []
    for event, moves in _moves(case):
        if subscription and _contract(case, setting, event) != subscription.subscription_id:
            continue
        moved = sum(
            assigned - (0 if plan.bill_suspended else suspended)
            for of_role, assigned, suspended in moves
            if (not plan.billable_roles or of_role in plan.billable_roles)
            and (role is None or of_role == role)
        )
        if moved:
            before, level = level, level + moved
            found.append(
                Change(
                    event.event_id,
                    event.effective_at,
                    max(before, committed),
                    max(level, committed),
                )
            )
    return found


def at_start(found: list[Change], start: datetime, committed: Decimal) -> Decimal:
    """Billable seats as a service opens; a change at that very instant is part of it."""
    return next((c.after for c in reversed(found) if c.at <= start), committed)


def inside(found: list[Change], start: datetime, end: datetime) -> list[Change]:
    """The changes after the opening."""
    return [c for c in found if start < c.at < end]


def over(found: list[Change], basis: str, start: datetime, end: datetime, low: Decimal) -> Decimal:
    """One figure for a whole service: its time-weighted average, its peak or its end."""
    opening, moves = at_start(found, start, low), inside(found, start, end)
    if basis == "peak":
        return max([opening, *(c.after for c in moves)])
    if basis == "end":
        return moves[-1].after if moves else opening
    held = Fraction(opening) * seconds(start, end)
    held += sum(Fraction(c.after - c.before) * seconds(c.at, end) for c in moves)
    return rounded(held / seconds(start, end), PLACES_OF_A_QUANTITY)


def _moves(case: Case) -> Iterator[tuple[SeatEvent, list[tuple[str, Decimal, Decimal]]]]:
    """Events in order, each with what it assigns and suspends by role.

    A suspension goes with its holder: suspending twice counts once, and a suspended holder who is
    removed or changes role takes the suspension along. Seats that name nobody have none to take.
    """
    suspended: dict[tuple[str | None, str], Decimal] = defaultdict(Decimal)
    for event in sorted(case.seats, key=lambda e: (e.effective_at, e.event_id)):
        seats, role = abs(event.quantity), event.role
        holder = (event.subscription_id, event.user_id) if event.user_id else None
        carried = min(seats, suspended[holder]) if holder else Decimal(0)
        if event.event_type == "suspend":
            new = seats - carried if holder else seats
            yield event, [(role, Decimal(0), new)]
        elif event.event_type == "reactivate":
            yield event, [(role, Decimal(0), -(carried if holder else seats))]
        elif event.event_type == "remove":
            yield event, [(role, -seats, -carried)]
        elif event.event_type == "role_change":
            left = event.previous_role or "member"
            yield event, [(role, seats, carried), (left, -seats, -carried)]
        else:
            yield event, [(role, event.quantity, Decimal(0))]
        if holder and event.event_type == "suspend":
            suspended[holder] = seats
        elif holder and event.event_type in ("reactivate", "remove"):
            suspended[holder] = Decimal(0)


def _contract(case: Case, setting: Setting, event: SeatEvent) -> str:
    """The contract an event names, else the one in force on its day, of several the earliest."""
    known = {s.subscription_id: s for s in case.subscriptions}
    if event.subscription_id in known:
        return str(event.subscription_id)
    day = local_day(event.effective_at, setting.time_zone)

    def place(contract: Subscription) -> tuple[bool, date, str]:
        started = local_day(contract.started_at, setting.time_zone)
        ended = local_day(contract.ended_at, setting.time_zone) if contract.ended_at else date.max
        return not started <= day < ended, started, contract.subscription_id

    return min(case.subscriptions, key=place).subscription_id
