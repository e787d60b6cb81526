"""Metered work by anchor month (pricing.md, Outcomes and Order inside a bill)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from tests.rating.book import Case, Charge, Setting, Subscription, UsageEvent
from tests.rating.days import local_day, month_of


def counted(
    case: Case,
    setting: Setting,
    charge: Charge,
    subscription: Subscription | None,
    anchor_day: int,
    month: date,
) -> list[UsageEvent]:
    """The events of an anchor month that a charge counts, in the order in which they happened."""
    return [
        event
        for event in sorted(case.usage, key=lambda e: (e.occurred_at, e.event_id))
        if event.meter == charge.meter
        and month_of(local_day(event.occurred_at, setting.time_zone), anchor_day) == month
        and (charge.dimension is None or event.dimension == charge.dimension)
        and (charge.actor_type is None or event.actor_type == charge.actor_type)
        and (not charge.outcomes_only or succeeded(event, setting))
        and (subscription is None or contract_of(case, event) == subscription.subscription_id)
    ]


def succeeded(event: UsageEvent, setting: Setting) -> bool:
    """Successful, and not reopened within the window, whose last instant is inside it."""
    return event.outcome_status in (None, "success") and (
        event.reopened_at is None or not in_window(event, setting)
    )


def in_window(event: UsageEvent, setting: Setting) -> bool:
    assert event.reopened_at is not None
    return event.reopened_at - event.occurred_at <= timedelta(hours=setting.reopen_hours)


def contract_of(case: Case, event: UsageEvent) -> str:
    """The contract that an event names, else the account's first."""
    known = [s.subscription_id for s in case.subscriptions]
    if event.subscription_id in known:
        return str(event.subscription_id)
    first = min(case.subscriptions, key=lambda s: (s.started_at, s.subscription_id))
    return first.subscription_id


def quantity(events: Sequence[UsageEvent]) -> Decimal:
    return sum((event.quantity for event in events), Decimal(0))
