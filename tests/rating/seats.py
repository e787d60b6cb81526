"""Billable seats from seat events (pricing.md, Seat ledger)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from tests.rating.book import Case, SeatEvent, Setting, Subscription
from tests.rating.days import local_day, midnight, seconds
from tests.rating.money import PLACES_OF_A_QUANTITY, rounded
from tests.rating.units import Unit, holders, next_period_start, term


@dataclass(frozen=True)
class Change:
    """One event's effect on the billable seats: what they were before it and are after it."""

    event_id: str
    at: datetime
    before: Decimal
    after: Decimal


def changes(
    case: Case, setting: Setting, unit: Unit, role: str | None, committed: Decimal
) -> list[Change]:
    """Every event that moves the billable seats of a plan (of one role, of one contract)."""
    plan, level, found = unit.plan, Decimal(0), []
    placed = [
        (at, event, moves)
        for event, moves in _moves(case)
        if (at := _counts_from(case, setting, event, unit.subscription)) is not None
    ]
    for at, event, moves in sorted(placed, key=lambda p: (p[0], p[1].effective_at, p[1].event_id)):
        moved = sum(
            assigned - (0 if plan.bill_suspended else suspended)
            for of_role, assigned, suspended in moves
            if (not plan.billable_roles or of_role in plan.billable_roles)
            and (role is None or of_role == role)
        )
        if moved:
            before, level = level, level + moved
            found.append(Change(event.event_id, at, max(before, committed), max(level, committed)))
    return found


def at_start(found: list[Change], start: datetime, committed: Decimal) -> Decimal:
    """Billable seats as a service opens; a change at that very instant is part of it."""
    return next((c.after for c in reversed(found) if c.at <= start), committed)


def inside(found: list[Change], start: datetime, end: datetime) -> list[Change]:
    """The changes after the opening."""
    return [c for c in found if start < c.at < end]


def over(found: list[Change], basis: str, start: datetime, end: datetime, low: Decimal) -> Decimal:
    """One figure for a whole service: its average, start, peak or end."""
    opening, moves = at_start(found, start, low), inside(found, start, end)
    if basis == "start":
        return opening
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


def _counts_from(
    case: Case, setting: Setting, event: SeatEvent, contract: Subscription | None
) -> datetime | None:
    """From when an event counts under a contract (under none: a proposal's); null where never.

    Seats that name no contract go with the one in force. One that takes over while it runs beside
    the other does so with its next period.
    """
    known = [s.subscription_id for s in case.subscriptions]
    if contract is None or event.subscription_id in known:
        named = contract is None or event.subscription_id == contract.subscription_id
        return event.effective_at if named else None
    held = holders(case, setting).get(contract.subscription_id)
    if held is None or local_day(event.effective_at, setting.time_zone) >= held.end:
        return None
    if held.start <= term(contract, setting).start:
        return event.effective_at
    next_period = next_period_start(case, setting, contract, held.start)
    return max(event.effective_at, midnight(next_period, setting.time_zone))
