"""Metered work by anchor month (pricing.md, Outcomes; aggregations over a month)."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest

from tests.rating.book import Case, Charge, Setting, Subscription, UsageEvent
from tests.rating.days import Span, local_day, midnight, seconds
from tests.rating.money import PLACES_OF_A_QUANTITY, rounded
from tests.rating.units import holders


def counted(
    case: Case, setting: Setting, charge: Charge, subscription: Subscription | None
) -> list[UsageEvent]:
    """The events that a charge counts, in the order in which they happened."""
    return [
        event
        for event in sorted(case.usage, key=lambda e: (e.occurred_at, e.event_id))
        if event.meter == charge.meter
        and event.event_id not in charge.leaves_out
        and (charge.dimension is None or event.dimension == charge.dimension)
        and (charge.actor_type is None or event.actor_type == charge.actor_type)
        and (not charge.outcomes_only or succeeded(event, setting))
        and (
            subscription is None
            or contract_of(case, setting, event) == subscription.subscription_id
        )
    ]


def within(events: Sequence[UsageEvent], span: Span, setting: Setting) -> list[UsageEvent]:
    """Those of the events that happened on days of the span."""
    return [e for e in events if span.holds(local_day(e.occurred_at, setting.time_zone))]


def measured(
    events: Sequence[UsageEvent], aggregation: str, month: Span, setting: Setting
) -> Decimal | None:
    """One quantity for an anchor month; null where users are to be counted and nobody is named."""
    inside = within(events, month, setting)
    if not inside:
        return Decimal(0)
    if aggregation == "distinct_users":
        users = {event.user_id for event in inside if event.user_id}
        return Decimal(len(users)) if users else None
    quantities = [event.quantity for event in inside]
    return {"sum": sum(quantities, Decimal(0)), "max": max(quantities), "last": quantities[-1]}[
        aggregation
    ]


def converted(charge: Charge, quantity: Decimal) -> Decimal:
    """A quantity in the units that its charge bills."""
    if charge.divide_by is None and charge.quantity_rounding is None:
        return quantity
    exact = Fraction(quantity) / Fraction(charge.divide_by or 1)
    if charge.quantity_rounding == "up":
        return Decimal(math.ceil(exact))
    if charge.quantity_rounding == "down":
        return Decimal(math.floor(exact))
    return rounded(exact, 0 if charge.quantity_rounding else PLACES_OF_A_QUANTITY)


def held(
    case: Case, setting: Setting, charge: Charge, subscription: Subscription | None, month: Span
) -> Decimal:
    """A value holds until the next one, from earlier months too; 0 before the first.

    One that names no contract continues under those that follow the one of its day.
    """
    start, end = (midnight(day, setting.time_zone) for day in (month.start, month.end))
    days = (
        None if subscription is None else holders(case, setting).get(subscription.subscription_id)
    )
    passed = Span(date.min, date.max) if days is None else days
    events = [
        event
        for event in counted(case, setting, charge, None)
        if subscription is None
        or event.subscription_id == subscription.subscription_id
        or (
            days is not None
            and not names_its_contract(case, event)
            and local_day(event.occurred_at, setting.time_zone) < days.end
        )
    ]
    total = Fraction(0)
    for event, following in zip_longest(events, events[1:]):
        since = max(event.occurred_at, start)
        until = min(following.occurred_at if following else end, end)
        if not names_its_contract(case, event):
            if passed.start > date.min:
                since = max(since, midnight(passed.start, setting.time_zone))
            if passed.end < date.max:
                until = min(until, midnight(passed.end, setting.time_zone))
        total += Fraction(event.quantity) * max(seconds(since, until), 0)
    return rounded(total / seconds(start, end), PLACES_OF_A_QUANTITY)


def succeeded(event: UsageEvent, setting: Setting) -> bool:
    """Successful, and not reopened within the window, whose last instant is inside it."""
    return event.outcome_status in (None, "success") and (
        _reopened_after(event, setting) is None or reopened_late(event, setting)
    )


def reopened_late(event: UsageEvent, setting: Setting) -> bool:
    """Reopened after the window: it stays billed where it was, and is credited."""
    passed = _reopened_after(event, setting)
    return passed is not None and passed > timedelta(hours=setting.reopen_hours)


def _reopened_after(event: UsageEvent, setting: Setting) -> timedelta | None:
    """What passed until it was reopened; a reopening ahead of the as-of has not happened yet."""
    reopened = event.reopened_at
    if reopened is None or reopened > setting.as_of:
        return None
    return reopened - event.occurred_at


def contract_of(case: Case, setting: Setting, event: UsageEvent) -> str | None:
    """The contract that an event names, else the one in force on its day."""
    if names_its_contract(case, event):
        return event.subscription_id
    day = local_day(event.occurred_at, setting.time_zone)
    return next(name for name, days in holders(case, setting).items() if days.holds(day))


def names_its_contract(case: Case, event: UsageEvent) -> bool:
    return event.subscription_id in [s.subscription_id for s in case.subscriptions]
