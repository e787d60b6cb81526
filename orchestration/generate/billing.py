"""The vendor's own billing: what was invoiced, to the cent, by the rules of the seat plan.

At each period's start one seat line for the seats known then; each later change is invoiced
by the day when it is recorded; a discount and the tax are lines of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from orchestration.generate.accounts import Account, Subscription
from orchestration.generate.calendar import ISSUE_HOUR, Window, local_day, utc
from orchestration.generate.catalogue import ONBOARDING, TAX_RATES, rounded
from orchestration.generate.draws import Draws
from orchestration.generate.seats import SeatEvent

PAYMENT_DAYS = 30
SEAT_LINES = ("seat", "proration")


@dataclass(frozen=True)
class InvoiceLine:
    """One row of invoice_lines; recorded_at is None unless the row is a revision."""

    invoice_id: str
    line_id: str
    account_id: str
    issued_at: datetime
    period_start: date
    period_end: date
    line_type: str
    amount: Decimal
    currency: str
    quantity: int | None
    unit_price: Decimal | None
    list_unit_price: Decimal | None
    plan_id: str
    subscription_id: str
    source_event_id: str
    status: str
    description: str
    recorded_at: datetime | None = None


class _Row(NamedTuple):
    """A line of an invoice without a number."""

    kind: str
    start: date
    end: date
    amount: Decimal
    quantity: int | None
    text: str
    event_id: str = ""


@dataclass(frozen=True)
class _Draft:
    """An invoice without a number."""

    issued_at: datetime
    subscription: Subscription
    rows: tuple[_Row, ...]


def bill(
    account: Account, events: Iterable[SeatEvent], window: Window, seed: int
) -> list[InvoiceLine]:
    """The account's invoice lines up to the window's as-of, in order of issue."""
    known = list(events)
    drafts: list[_Draft] = []
    for subscription in account.subscriptions:
        own = [event for event in known if event.subscription_id == subscription.subscription_id]
        drafts += _period_drafts(account, subscription, own, window)
        drafts += _change_drafts(account, subscription, own, window)
    draws = Draws(seed, "extras", account.number)
    drafts += _extra_drafts(account, drafts, draws, window.as_of)
    drafts.sort(key=lambda draft: (draft.issued_at, draft.rows[0].event_id, draft.rows[0].start))
    lines: list[InvoiceLine] = []
    for number, draft in enumerate(drafts, start=1):
        lines += _invoice(account, draft, f"inv-{account.number:04d}-{number:04d}", window)
    return lines


def _periods(subscription: Subscription, window: Window) -> Iterable[tuple[date, date]]:
    number = 0
    while True:
        start = subscription.period_start(number)
        if utc(start, ISSUE_HOUR) > window.as_of or (
            subscription.end is not None and start >= subscription.end
        ):
            return
        yield start, subscription.period_start(number + 1)
        number += 1


def _period_drafts(
    account: Account, subscription: Subscription, events: list[SeatEvent], window: Window
) -> list[_Draft]:
    drafts = []
    for start, end in _periods(subscription, window):
        begins, issued_at = utc(start), utc(start, ISSUE_HOUR)
        seats = sum(
            event.member_change
            for event in events
            if event.effective_at <= begins and event.recorded_at <= issued_at
        )
        if seats == 0:
            continue
        text = f"{seats} seats from {start} to {end}"
        rows = [_Row("seat", start, end, seats * account.unit_price, seats, text)]
        first = start == subscription.start and subscription is account.subscriptions[0]
        if first and account.segment.name == "enterprise":
            fee = ONBOARDING[account.currency]
            day_after = start + timedelta(days=1)
            rows.append(_Row("one_off", start, day_after, fee, None, "Onboarding"))
        drafts.append(_Draft(issued_at, subscription, tuple(rows)))
    return drafts


def _change_drafts(
    account: Account, subscription: Subscription, events: list[SeatEvent], window: Window
) -> list[_Draft]:
    drafts = []
    for event in events:
        change = event.member_change
        if change == 0 or not event.is_billed or event.recorded_at > window.as_of:
            continue
        day = local_day(event.effective_at)
        if subscription.end is not None and day >= subscription.end:
            continue
        start, end = subscription.period_of(day)
        # changes that take effect with the period are in its seat line
        if event.effective_at == utc(start):
            continue
        exact = change * account.unit_price * (end - day).days / (end - start).days
        amount = rounded(exact, account.currency)
        text = f"{change:+d} seat from {day} to {end}"
        row = _Row("proration", day, end, amount, change, text, event.event_id)
        drafts.append(_Draft(event.recorded_at, subscription, (row,)))
    return drafts


def _extra_drafts(
    account: Account, drafts: list[_Draft], draws: Draws, as_of: datetime
) -> list[_Draft]:
    """Occasional goodwill, on a separate invoice."""
    extras = []
    for draft in drafts:
        seat = draft.rows[0]
        if seat.kind == "seat" and draws.chance(0.004):
            given = rounded(-seat.amount * Decimal("0.05"), account.currency)
            text = "Goodwill after an outage"
            row = _Row("goodwill", seat.start, seat.end, given, None, text)
            issued_at = draft.issued_at + timedelta(hours=8)
            if issued_at <= as_of:
                extras.append(_Draft(issued_at, draft.subscription, (row,)))
    return extras


def _invoice(account: Account, draft: _Draft, invoice_id: str, window: Window) -> list[InvoiceLine]:
    """The draft's lines, followed by discount and tax."""
    rows = list(draft.rows)
    first = rows[0]
    seats = sum((row.amount for row in rows if row.kind in SEAT_LINES), Decimal(0))
    if account.discount is not None and seats:
        text = f"Discount of {account.discount:.0%}"
        less = rounded(-seats * account.discount, account.currency)
        rows.append(_Row("discount", first.start, first.end, less, None, text, first.event_id))
    rate = TAX_RATES[account.currency]
    tax = rounded(sum((row.amount for row in rows), Decimal(0)) * rate, account.currency)
    if tax:
        text = f"Tax of {rate:.0%}"
        rows.append(_Row("tax", first.start, first.end, tax, None, text, first.event_id))
    is_paid = draft.issued_at + timedelta(days=PAYMENT_DAYS) < window.as_of
    plan = draft.subscription.plan
    return [
        InvoiceLine(
            invoice_id=invoice_id,
            line_id=str(number),
            account_id=account.account_id,
            issued_at=draft.issued_at,
            period_start=row.start,
            period_end=row.end,
            line_type=row.kind,
            amount=row.amount,
            currency=account.currency,
            quantity=row.quantity,
            unit_price=account.unit_price if row.kind in SEAT_LINES else None,
            list_unit_price=plan.list_price if row.kind in SEAT_LINES else None,
            plan_id=plan.plan_id,
            subscription_id=draft.subscription.subscription_id,
            source_event_id=row.event_id,
            status="paid" if is_paid else "open",
            description=row.text,
        )
        for number, row in enumerate(rows, start=1)
    ]
