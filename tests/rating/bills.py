"""The lines of a bill, in the order of pricing.md: prices, discounts, minimum, cap; then months."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.rating import prices, seats, work
from tests.rating.book import Case, Charge, ContractPrice, Setting
from tests.rating.days import Span, local_day, midnight, month_of, months_from, plus_months, seconds
from tests.rating.money import MINOR_UNITS, PLACES_OF_A_QUANTITY, parts, rounded
from tests.rating.units import Unit, anchor_day, anchor_months, units


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
    contract_ratio: Decimal = Decimal(0)


@dataclass(frozen=True)
class MonthLine:
    """A line, or the part of it that is one anchor month's."""

    scenario_id: str
    month: date
    line: Line


def rate(case: Case, setting: Setting) -> list[MonthLine]:
    """Every line of every bill of the account, cut into its anchor months."""
    day, months = anchor_day(case, setting), anchor_months(case, setting)
    found = []
    for unit in units(case, setting):
        for line in unit_lines(case, setting, unit):
            for month, part in sliced(line, day, MINOR_UNITS[unit.plan.currency]):
                if month in months:
                    found.append(MonthLine(unit.scenario_id, month, part))
    return found


def unit_lines(case: Case, setting: Setting, unit: Unit) -> list[Line]:
    """The whole bill of one period."""
    lines = [
        line
        for charge, price in _in_force(case, unit)
        for line in _charge_lines(case, setting, unit, charge, price)
    ]
    return [*lines, *_adjustments(case, unit, lines)]


# ---- charges -------------------------------------------------------------------------------------


def _in_force(case: Case, unit: Unit) -> Iterator[tuple[Charge, ContractPrice | None]]:
    """The version of each charge, and what was negotiated for it, on the period's first day."""
    day = unit.period.start
    for charge in case.charges:
        if charge.plan_id == unit.plan.plan_id and _valid(charge.valid_from, charge.valid_to, day):
            agreed = [
                price
                for price in case.prices
                if price.charge_id == charge.charge_id
                and _valid(price.valid_from, price.valid_to, day)
            ]
            yield charge, agreed[0] if agreed else None


def _valid(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day < end)


def _charge_lines(
    case: Case, setting: Setting, unit: Unit, charge: Charge, price: ContractPrice | None
) -> Iterator[Line]:
    if charge.meter == "flat":
        one = Decimal(1)
        yield _line(
            unit, charge, price, "flat", unit.service, one, Decimal(0), one, share=_share(unit)
        )
    elif charge.meter == "seats":
        yield from _seat_lines(case, setting, unit, charge, price)
    else:
        for month in unit.months:
            yield _work_line(case, setting, unit, charge, price, month)


def _share(unit: Unit) -> Fraction:
    """What part of the period is served; a plan without proration bills a partial one whole."""
    if unit.plan.proration == "none":
        return Fraction(1)
    return Fraction(unit.service.days, unit.period.days)


def _work_line(
    case: Case,
    setting: Setting,
    unit: Unit,
    charge: Charge,
    price: ContractPrice | None,
    month: date,
) -> Line:
    """Metered work is settled by the anchor month, with what the month or its seats include."""
    day = anchor_day(case, setting)
    events = work.counted(case, setting, charge, unit.subscription, day, month)
    quantity = work.quantity(events)
    allowance = charge.included_quantity or Decimal(0)
    if charge.included_per == "seat":
        held = seats.changes(case, setting, unit.plan, charge.role, unit.subscription)
        each = seats.over(held, unit.plan.seat_basis, *_times(setting, unit), _committed(unit))
        allowance = rounded(Fraction(allowance) * Fraction(each), PLACES_OF_A_QUANTITY)
    service = months_from(month, 1, day).cut_to(unit.service)
    return _line(
        unit,
        charge,
        price,
        "usage",
        service,
        quantity,
        min(quantity, allowance),
        max(quantity - allowance, Decimal(0)),
    )


def _times(setting: Setting, unit: Unit) -> tuple[datetime, datetime]:
    zone = setting.time_zone
    return midnight(unit.service.start, zone), midnight(unit.service.end, zone)


def _committed(unit: Unit) -> Decimal:
    return (unit.subscription.seats_committed if unit.subscription else None) or Decimal(0)


def _seat_lines(
    case: Case, setting: Setting, unit: Unit, charge: Charge, price: ContractPrice | None
) -> Iterator[Line]:
    """Seats that prorate open with what is there and add a line a change; others are one line."""
    plan, zone = unit.plan, setting.time_zone
    included = charge.included_quantity or Decimal(0)
    held = seats.changes(case, setting, plan, charge.role, unit.subscription)
    start, end = _times(setting, unit)
    whole = seconds(midnight(unit.period.start, zone), midnight(unit.period.end, zone))
    by_change = plan.proration != "none" and plan.seat_basis == "time_weighted"
    if by_change:
        opening = seats.at_start(held, start, _committed(unit))
    else:
        opening = seats.over(held, plan.seat_basis, start, end, _committed(unit))
    share = _share(unit)
    if plan.proration == "by_second":
        share = Fraction(seconds(start, end), whole)
    line = _line(
        unit,
        charge,
        price,
        "seat",
        unit.service,
        opening,
        min(opening, included),
        max(opening - included, Decimal(0)),
        share=share,
    )
    if opening or line.exact:
        yield line
    for change in seats.inside(held, start, end) if by_change else []:
        before = max(change.before - included, Decimal(0))
        after = max(change.after - included, Decimal(0))
        if after == before or (change.after < change.before and not plan.credit_on_removal):
            continue
        day = local_day(change.at, zone)
        left = Fraction((unit.service.end - day).days, unit.period.days)
        if plan.proration == "by_second":
            left = Fraction(seconds(change.at, end), whole)
        moved = change.after - change.before
        yield _line(
            unit,
            charge,
            price,
            "proration",
            Span(day, unit.service.end),
            moved,
            moved - (after - before),
            after,
            before=before,
            share=left,
            event_id=change.event_id,
        )


def _line(
    unit: Unit,
    charge: Charge,
    price: ContractPrice | None,
    kind: str,
    service: Span,
    quantity: Decimal,
    included: Decimal,
    billable: Decimal,
    *,
    before: Decimal | None = None,
    share: Fraction = Fraction(1),
    event_id: str | None = None,
) -> Line:
    """What the quantity costs, less what the quantity before the change cost, for its share."""
    agreed = price.unit_amount if price else None
    exact = prices.cost(charge, agreed, billable)
    if before is not None:
        exact -= prices.cost(charge, agreed, before)
    exact *= share
    if before is None and charge.line_minimum is not None:
        exact = max(exact, Fraction(charge.line_minimum))
    if before is None and charge.line_maximum is not None:
        exact = min(exact, Fraction(charge.line_maximum))
    return Line(
        kind,
        service,
        exact,
        rounded(exact, MINOR_UNITS[unit.plan.currency]),
        charge.charge_id,
        event_id,
        quantity,
        included,
        billable - (before or 0),
        (price.discount_ratio if price else None) or Decimal(0),
    )


# ---- the whole bill ------------------------------------------------------------------------------


def _adjustments(case: Case, unit: Unit, lines: list[Line]) -> Iterator[Line]:
    """Percentages on the rounded lines, then amounts, then the minimum, then the cap."""
    places = MINOR_UNITS[unit.plan.currency]
    discounts = [
        d
        for d in case.discounts
        if _valid(d.valid_from, d.valid_to, unit.period.start)
        and (d.scope, d.scope_id)
        in (
            ("plan", unit.plan.plan_id),
            ("account", case.account_id),
            ("segment", case.segment),
        )
    ]
    ratio = sum((Fraction(d.ratio or 0) for d in discounts), Fraction(0))
    if not discounts and unit.subscription:
        ratio = Fraction(unit.subscription.discount_pct or 0) / 100
    discounted = sum(
        (Fraction(x.amount) * min(ratio + Fraction(x.contract_ratio), Fraction(1)) for x in lines),
        Fraction(0),
    )
    fixed = sum((Fraction(d.amount or 0) for d in discounts), Fraction(0))
    low, high = _bound(unit, unit.plan.minimum_amount), _bound(unit, unit.plan.maximum_amount)
    net, none = Fraction(sum(line.amount for line in lines)), Fraction(0)
    for kind in ("discount", "fixed discount", "minimum", "cap"):
        due = {
            "discount": -discounted,
            "fixed discount": -min(fixed, max(net, none)),
            "minimum": none if low is None else max(low - net, none),
            "cap": none if high is None else min(high - net, none),
        }[kind]
        amount = rounded(due, places)
        if amount:
            net += Fraction(amount)
            yield Line(kind.split()[-1], unit.service, due, amount)


def _bound(unit: Unit, amount: Decimal | None) -> Fraction | None:
    """A minimum or maximum is prorated where the period is."""
    return None if amount is None else Fraction(amount) * _share(unit)


# ---- anchor months -------------------------------------------------------------------------------


def sliced(line: Line, anchor: int, places: int) -> Iterator[tuple[date, Line]]:
    """A service of whole anchor months is cut into equal parts, any other by its days."""
    service = Span(line.service.start, max(line.service.end, line.service.start + timedelta(1)))
    spans = dict(_months_touched(service, anchor))
    whole = all(span == span.cut_to(service) for span in spans.values())
    weights = [1 if whole else span.cut_to(service).days for span in spans.values()]
    for month, weight, amount in zip(
        spans, weights, parts(line.amount, weights, places), strict=True
    ):
        exact = line.exact * weight / sum(weights)
        yield month, replace(line, exact=exact, amount=amount)


def _months_touched(service: Span, anchor: int) -> Iterator[tuple[date, Span]]:
    month = month_of(service.start, anchor)
    while (span := months_from(month, 1, anchor)).start < service.end:
        yield month, span
        month = plus_months(month, 1)
