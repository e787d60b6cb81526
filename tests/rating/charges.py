"""The lines of a charge: seats, flat amounts and metered work (pricing.md, Charge models)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from tests.rating import prices, seats, work
from tests.rating.book import Case, Charge, ContractPrice, Setting, UsageEvent
from tests.rating.days import Span, local_day, midnight, months_from, seconds
from tests.rating.money import MINOR_UNITS, PLACES_OF_A_QUANTITY, rounded
from tests.rating.units import Unit, anchor_day

NONE = Decimal(0)
ADDED_UP = ("sum", "count")


@dataclass(frozen=True)
class Line:
    kind: str
    service: Span
    exact: Fraction
    amount: Decimal
    charge_id: str | None = None
    event_id: str | None = None
    quantity: Decimal | None = None
    included: Decimal | None = None
    billable: Decimal | None = None
    contract_ratio: Decimal = NONE


@dataclass(frozen=True)
class Window:
    """Days of a service on which one version of a charge and one negotiated price hold."""

    charge: Charge
    price: ContractPrice | None
    days: Span
    service: Span

    @property
    def is_cut(self) -> bool:
        return self.days != self.service


@dataclass(frozen=True)
class Quantities:
    """What a line is about, and what came before it and is not billed again."""

    after: Decimal
    allowance: Decimal
    before: Decimal | None = None

    @property
    def billable(self) -> Decimal:
        return max(self.after - self.allowance, NONE)

    @property
    def billable_before(self) -> Decimal:
        return NONE if self.before is None else max(self.before - self.allowance, NONE)


def charge_lines(case: Case, setting: Setting, unit: Unit) -> list[Line]:
    """Every line of every charge of a billing period."""
    return [
        line
        for window in windows(case, unit)
        for line in {"flat": _flat_lines, "seats": _seat_lines}.get(
            window.charge.meter, _work_lines
        )(case, setting, unit, window)
    ]


def windows(case: Case, unit: Unit) -> Iterator[Window]:
    """A price that changes inside a service splits it: valid_from <= day < valid_to."""
    for charge in case.charges:
        held = _validity(charge.valid_from, charge.valid_to).cut_to(unit.service)
        if charge.plan_id != unit.plan.plan_id or held.days <= 0:
            continue
        agreed = {
            _validity(price.valid_from, price.valid_to): price
            for price in case.prices
            if price.charge_id == charge.charge_id
        }
        days = {day for span in agreed for day in (span.start, span.end)}
        cuts = [held.start, *sorted(d for d in days if held.start < d < held.end), held.end]
        for start, end in pairwise(cuts):
            found = [price for span, price in agreed.items() if span.holds(start)]
            yield Window(charge, found[0] if found else None, Span(start, end), unit.service)


def _validity(start: date | None, end: date | None) -> Span:
    return Span(start or date.min, end or date.max)


def _share(setting: Setting, unit: Unit, window: Window) -> Fraction:
    """Of the period; without proration the whole, which only a change of price divides."""
    if unit.plan.proration == "none":
        return Fraction(window.days.days, window.service.days)
    return prorated(setting, unit, window.days, unit.period)


def prorated(setting: Setting, unit: Unit, part: Span, whole: Span) -> Fraction:
    """A part of a period by the plan's rule; days on which clocks change have their own length."""
    if unit.plan.proration == "by_second":
        return Fraction(seconds(*_times(setting, part)), seconds(*_times(setting, whole)))
    return Fraction(_days(unit, part), _days(unit, whole))


def _days(unit: Unit, span: Span) -> int:
    """The days of a span; of 30 in every month where the plan counts them so."""
    if unit.plan.proration != "by_30_days":
        return span.days
    start, end = (
        360 * day.year + 30 * day.month + min(day.day, 30) for day in (span.start, span.end)
    )
    return end - start


def _flat_lines(case: Case, setting: Setting, unit: Unit, window: Window) -> Iterator[Line]:
    one = Quantities(Decimal(1), NONE)
    yield _line(unit, window, "flat", window.days, one, _share(setting, unit, window))


# ---- metered work --------------------------------------------------------------------------------


def _work_lines(case: Case, setting: Setting, unit: Unit, window: Window) -> Iterator[Line]:
    """Settled by the anchor month; summed work runs on over a change of price inside it."""
    charge, day = window.charge, anchor_day(case, setting)
    events = work.counted(case, setting, charge, unit.subscription)
    for month in unit.months:
        whole = months_from(month, 1, day)
        service = whole.cut_to(unit.service)
        part = service.cut_to(window.days)
        if part.days <= 0:
            continue
        allowance = _allowance(case, setting, unit, charge, service)
        is_cut = part != service
        share = Fraction(part.days, service.days)
        if charge.aggregation in ADDED_UP:
            first = _first_summed_day(case, unit, charge, service)
            # work outside the contract's own days counts with the days next to it
            start = whole.start if first == service.start else first
            end = whole.end if part.end == service.end else part.end
            runs_on = part.start > first and charge.pricing != "flat"
            quantities = Quantities(
                work.converted(charge, _added_up(charge, events, Span(start, end), setting)),
                allowance,
                work.converted(charge, _added_up(charge, events, Span(start, part.start), setting))
                if runs_on
                else None,
            )
        else:
            quantity = (
                work.held(case, setting, charge, unit.subscription, whole)
                if charge.aggregation == "time_weighted"
                else work.measured(events, charge.aggregation, whole, setting)
            )
            quantities = Quantities(work.converted(charge, quantity or NONE), allowance)
        # a level, and a flat price, counts for the days of its part
        is_shared = is_cut and (charge.aggregation not in ADDED_UP or charge.pricing == "flat")
        bounds = share if unit.plan.proration == "none" else prorated(setting, unit, part, whole)
        yield _line(
            unit,
            window,
            "usage",
            part,
            quantities,
            share if is_shared else Fraction(1),
            bounds=bounds,
        )


def _first_summed_day(case: Case, unit: Unit, charge: Charge, service: Span) -> date:
    """From which day of a month's service the charge adds work up, under whatever version."""
    parts = [
        window.days.cut_to(service)
        for window in windows(case, unit)
        if window.charge.charge_id == charge.charge_id and window.charge.aggregation in ADDED_UP
    ]
    return min(part.start for part in parts if part.days > 0)


def _added_up(charge: Charge, events: list[UsageEvent], span: Span, setting: Setting) -> Decimal:
    """The quantities of the events, or how many there are."""
    inside = work.within(events, span, setting)
    if charge.aggregation == "count":
        return Decimal(len(inside))
    return sum((event.quantity for event in inside), NONE)


def _allowance(case: Case, setting: Setting, unit: Unit, charge: Charge, month: Span) -> Decimal:
    """What an anchor month includes, for the account or for each seat of the charge's role."""
    included = charge.included_quantity or NONE
    if charge.included_per == "account":
        return included
    held = seats.changes(case, setting, unit, charge.role, _committed(unit, charge))
    # a period longer than a month has seats of its own in each
    span = unit.service if unit.plan.billing_interval == "month" else month
    start, end = _times(setting, span)
    each = seats.over(held, unit.plan.seat_basis, start, end, _committed(unit, charge))
    return rounded(Fraction(included) * Fraction(each), PLACES_OF_A_QUANTITY)


# ---- seats ---------------------------------------------------------------------------------------


def _seat_lines(case: Case, setting: Setting, unit: Unit, window: Window) -> Iterator[Line]:
    """Seats that prorate open with what is there and add a line a change; others are one line."""
    plan, charge = unit.plan, window.charge
    included, committed = charge.included_quantity or NONE, _committed(unit, charge)
    held = seats.changes(case, setting, unit, charge.role, committed)
    start, end = _times(setting, window.days)
    first, last = _times(setting, unit.service)
    period = seconds(*_times(setting, unit.period))
    by_change = plan.proration != "none" and plan.seat_basis == "time_weighted"
    opening = seats.at_start(held, start, committed)
    if not by_change:
        opening = seats.over(held, plan.seat_basis, first, last, committed)
    elif not plan.credit_on_removal:
        # what is billed stays billed until the period is over
        opening = seats.at_start(held, first, committed) + sum(
            max(change.after - change.before, NONE)
            for change in seats.inside(held, first, last)
            if change.at <= start
        )
    share = _share(setting, unit, window)
    opened = Quantities(opening, included)
    moves: list[tuple[seats.Change, Quantities]] = []
    for change in seats.inside(held, start, end) if by_change else []:
        moved = Quantities(change.after, included, change.before)
        if moved.billable == moved.billable_before:
            continue
        if change.after < change.before and not plan.credit_on_removal:
            continue
        moves.append((change, moved))
    full = opened.billable + sum((m.billable - m.billable_before for _, m in moves), NONE)
    if not by_change and plan.seat_basis == "time_weighted":
        # an average is a prorated count, too
        full = Quantities(seats.over(held, "end", first, last, committed), included).billable
    opened_by_tier = _by_tier_of(window, opened, full, share)
    line = _line(unit, window, "seat", window.days, opened, share, exact=opened_by_tier)
    if opening or line.exact:
        yield line
    most = opened.billable
    for change, moved in moves:
        day = local_day(change.at, setting.time_zone)
        left = Fraction(_days(unit, Span(day, window.days.end)), _days(unit, unit.period))
        if plan.proration == "by_second":
            left = Fraction(seconds(change.at, end), period)
        service = Span(day, window.days.end)
        exact = _by_tier_of(window, moved, full, left)
        if exact is None:
            exact = _entering(window, moved, most, left, share)
        most = max(most, moved.billable)
        event_id = change.event_id
        yield _line(unit, window, "proration", service, moved, left, event_id=event_id, exact=exact)


def _is_tiered(window: Window, pricing: str) -> bool:
    """Whether tiers price the seats of the window as one period; a negotiated price has none."""
    charge, agreed = window.charge, window.price.unit_amount if window.price else None
    return charge.tiers_by == "period" and charge.pricing == pricing and agreed is None


def _by_tier_of(window: Window, of: Quantities, full: Decimal, share: Fraction) -> Fraction | None:
    """A volume line at the price of the full count's tier, whose flat amount the opening owes."""
    if not _is_tiered(window, "volume"):
        return None
    tier = prices.tier_of(window.charge, full)
    due = prices.in_tier(tier, of.billable) - prices.in_tier(tier, of.billable_before)
    return (due + Fraction(tier.flat_amount or 0) * (of.before is None)) * share


def _entering(
    window: Window, of: Quantities, most: Decimal, left: Fraction, share: Fraction
) -> Fraction | None:
    """A graduated change: units for the time left; tiers entered for the first time whole."""
    charge = window.charge
    if not _is_tiered(window, "graduated"):
        return None
    moved = prices.of_units(charge, of.billable) - prices.of_units(charge, of.billable_before)
    entered = prices.flats(charge, max(of.billable, most)) - prices.flats(charge, most)
    return moved * left + entered * share


def _times(setting: Setting, span: Span) -> tuple[datetime, datetime]:
    return midnight(span.start, setting.time_zone), midnight(span.end, setting.time_zone)


def _committed(unit: Unit, charge: Charge) -> Decimal:
    """The contract's least number of seats; a charge for one role has none."""
    if charge.role is not None:
        return NONE
    return (unit.subscription.seats_committed if unit.subscription else None) or NONE


# ---- one line ------------------------------------------------------------------------------------


def _line(
    unit: Unit,
    window: Window,
    kind: str,
    service: Span,
    of: Quantities,
    share: Fraction,
    *,
    bounds: Fraction | None = None,
    event_id: str | None = None,
    exact: Fraction | None = None,
) -> Line:
    """What the quantity costs, less what came before it; bounds follow the days charged."""
    charge, agreed = window.charge, window.price.unit_amount if window.price else None
    if exact is None:
        exact = prices.cost(charge, agreed, of.billable)
        if of.before is not None:
            exact -= prices.cost(charge, agreed, of.billable_before)
        exact *= share
    days = share if bounds is None else bounds
    if kind != "proration" and charge.line_minimum is not None:
        exact = max(exact, Fraction(charge.line_minimum) * days)
    if kind != "proration" and charge.line_maximum is not None:
        exact = min(exact, Fraction(charge.line_maximum) * days)
    quantity = of.after - (of.before or NONE)
    billable = of.billable - of.billable_before
    return Line(
        kind,
        service,
        exact,
        rounded(exact, MINOR_UNITS[unit.plan.currency]),
        charge.charge_id,
        event_id,
        quantity,
        quantity - billable,
        billable,
        (window.price.discount_ratio if window.price else None) or NONE,
    )
